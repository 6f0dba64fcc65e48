import * as z from "zod/mini";
import type { TierWish } from "./tier-choice.ts";

/** What the player remembers of its viewer, in the browser's storage. */
const Volume = z.object({ volume: z.number().check(z.minimum(0), z.maximum(1)), muted: z.boolean() });
const DataSaver = z.boolean();
const Wish = z.enum(["auto", "ultra", "low", "standard"]);
const Throughput = z.object({ bps: z.number().check(z.positive()), atMs: z.number() });

/** A throughput older than this tells nothing of the network of now. */
const FRESH_MS = 24 * 3600_000;

export class PlayerMemory {
  constructor(
    private readonly storage: Pick<Storage, "getItem" | "setItem"> | null,
    private readonly now: () => number = Date.now,
  ) {}

  private read<T>(key: string, schema: z.ZodMiniType<T>): T | null {
    try {
      const text = this.storage?.getItem(key);
      return text ? schema.parse(JSON.parse(text)) : null;
    } catch {
      return null;
    }
  }

  private write(key: string, value: unknown): void {
    try {
      this.storage?.setItem(key, JSON.stringify(value));
    } catch {
      // Full or blocked storage costs a preference, nothing else.
    }
  }

  volume(): { volume: number; muted: boolean } {
    return this.read("footlight.volume", Volume) ?? { volume: 1, muted: false };
  }

  keepVolume(volume: number, muted: boolean): void {
    this.write("footlight.volume", { volume, muted });
  }

  dataSaver(): boolean {
    return this.read("footlight.data-saver", DataSaver) ?? false;
  }

  keepDataSaver(on: boolean): void {
    this.write("footlight.data-saver", on);
  }

  tierWish(): TierWish {
    return this.read("footlight.tier", Wish) ?? "auto";
  }

  keepTierWish(wish: TierWish): void {
    this.write("footlight.tier", wish);
  }

  throughputBps(): number | null {
    const kept = this.read("footlight.throughput", Throughput);
    return kept && this.now() - kept.atMs < FRESH_MS ? kept.bps : null;
  }

  keepThroughput(bps: number): void {
    if (Number.isFinite(bps) && bps > 0) this.write("footlight.throughput", { bps, atMs: this.now() });
  }
}

/** The browser's storage, or none where it is blocked. */
export const browserMemory = (): PlayerMemory => {
  try {
    return new PlayerMemory(window.localStorage);
  } catch {
    return new PlayerMemory(null);
  }
};
