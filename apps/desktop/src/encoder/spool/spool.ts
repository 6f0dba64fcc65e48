import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UnitRange } from "@footlight/shared";
import { decodeTimeUs, type PictureUnit, type Unit } from "../units.ts";
import { rangesOf } from "./ranges.ts";

/** What was sent lately may not have arrived: it is remembered for so long. */
const RECENT_US = 10_000_000;
const RECENT_BYTES = 48 * 1024 * 1024;

/** A unit on the disk; its bytes lie there. */
type Kept = { readonly order: number; readonly at: number; readonly bytes: number } & (
  | Omit<PictureUnit, "data">
  | Omit<Exclude<Unit, PictureUnit>, "data">
);

/**
 * What a server may lack, in a file of ours until it has it. Units pass by; while there is trouble with the line they
 * are kept, with those of the last seconds before, and forgotten when the server says that it has them. Bounded: when
 * it is full the newest are not kept.
 */
export class Spool {
  readonly #maxBytes: number;
  readonly #onFault: (cause: string) => void;
  #recent: { readonly order: number; readonly unit: Unit }[] = [];
  #recentBytes = 0;
  #kept: Kept[] = [];
  #order = 0;
  #keptOrder = -1;
  #keeping = false;
  #isFull = false;
  #end = 0;
  #folder: string | undefined;
  #file: Promise<FileHandle> | undefined;
  #writes: Promise<unknown> = Promise.resolve();

  constructor(maxBytes: number, onFault: (cause: string) => void) {
    this.#maxBytes = maxBytes;
    this.#onFault = onFault;
  }

  get isKeeping(): boolean {
    return this.#keeping;
  }

  get pictures(): number {
    return this.#kept.reduce((sum, { kind }) => sum + (kind === "picture" ? 1 : 0), 0);
  }

  push(unit: Unit): void {
    const order = this.#order++;
    this.#recent.push({ order, unit });
    this.#recentBytes += unit.data.byteLength;
    const oldestUs = decodeTimeUs(unit) - RECENT_US;
    for (;;) {
      const first = this.#recent[0]?.unit;
      if (first === undefined) break;
      if (decodeTimeUs(first) >= oldestUs && this.#recentBytes <= RECENT_BYTES) break;
      this.#recentBytes -= first.data.byteLength;
      this.#recent.shift();
    }
    if (this.#keeping) this.#keep(order, unit);
  }

  /** Trouble: what comes is kept, and what went out lately. */
  begin(): void {
    if (this.#keeping) return;
    this.#keeping = true;
    for (const { order, unit } of this.#recent) if (order > this.#keptOrder) this.#keep(order, unit);
  }

  end(): void {
    this.#keeping = false;
  }

  /** Numbers of the pictures that are kept, by source. */
  ranges(): Map<number, UnitRange[]> {
    const bySource = new Map<number, number[]>();
    for (const kept of this.#kept) {
      if (kept.kind !== "picture") continue;
      const frames = bySource.get(kept.source) ?? [];
      frames.push(kept.frame);
      bySource.set(kept.source, frames);
    }
    return new Map([...bySource].map(([source, frames]) => [source, rangesOf(frames)]));
  }

  /**
   * Its pictures and the sound beside them, in decode order, with as many of the range's first pictures as fit into
   * the bounds; at least one.
   */
  async read(
    source: number,
    { from, to }: UnitRange,
    bounds: { readonly bytes: number; readonly pictures: number },
  ): Promise<Unit[]> {
    const isWanted = (kept: Kept): boolean =>
      kept.kind === "picture" && kept.source === source && kept.frame >= from && kept.frame <= to;
    const wanted = this.#kept.filter(isWanted).slice(0, bounds.pictures);
    let bytes = 0;
    const fitting = wanted.filter((kept, at) => {
      bytes += kept.bytes;
      return at === 0 || bytes <= bounds.bytes;
    });
    const [first, last] = [fitting[0], fitting.at(-1)];
    if (first?.kind !== "picture" || last?.kind !== "picture") return [];
    const next = this.#kept.find((kept) => kept.kind === "picture" && kept.order > last.order);
    const untilUs = next?.kind === "picture" ? next.dtsUs : Number.POSITIVE_INFINITY;
    const sounds = this.#kept.filter(
      (kept) => kept.kind === "sound" && kept.ptsUs >= first.dtsUs && kept.ptsUs < untilUs,
    );
    const chosen = [...fitting, ...sounds].sort((a, b) => timeOf(a) - timeOf(b) || a.order - b.order);
    await this.#writes;
    return Promise.all(chosen.map((kept) => this.#load(kept)));
  }

  /** Forgets what of a source the server has; sound goes when no picture is left. */
  keepOnly(source: number, lacking: readonly UnitRange[]): void {
    const isLacking = (frame: number): boolean =>
      lacking.some(({ from, to }) => frame >= from && frame <= to);
    this.#kept = this.#kept.filter(
      (kept) => kept.kind !== "picture" || kept.source !== source || isLacking(kept.frame),
    );
    if (this.pictures === 0 && !this.#keeping) this.#reset();
  }

  async close(): Promise<void> {
    this.#keeping = false;
    this.#reset();
    await this.#writes;
    await (await this.#file?.catch(() => undefined))?.close();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  /** Nothing is left: the file's room is free again. */
  #reset(): void {
    this.#kept = [];
    this.#end = 0;
    this.#isFull = false;
  }

  #keep(order: number, unit: Unit): void {
    this.#keptOrder = order;
    if (this.#end + unit.data.byteLength > this.#maxBytes) {
      if (!this.#isFull) this.#onFault("spool_full");
      this.#isFull = true;
      return;
    }
    const { data, ...rest } = unit;
    const at = this.#end;
    this.#end += data.byteLength;
    this.#kept.push({ ...rest, order, at, bytes: data.byteLength });
    this.#file ??= this.#open();
    const file = this.#file;
    this.#writes = this.#writes
      .then(async () => (await file).write(data, 0, data.byteLength, at))
      .catch((error: NodeJS.ErrnoException) => {
        if (!this.#isFull) this.#onFault(error.code ?? "unwritable");
        this.#isFull = true;
      });
  }

  async #open(): Promise<FileHandle> {
    this.#folder = await mkdtemp(join(tmpdir(), "footlight-spool-"));
    return open(join(this.#folder, "units"), "wx+", 0o600);
  }

  async #load({ order, at, bytes, ...unit }: Kept): Promise<Unit> {
    const data = Buffer.allocUnsafe(bytes);
    await (await this.#file)?.read(data, 0, bytes, at);
    return { ...unit, data };
  }
}

const timeOf = (kept: Kept): number => (kept.kind === "picture" ? kept.dtsUs : kept.ptsUs);
