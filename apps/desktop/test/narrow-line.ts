import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import type { Line } from "./line.ts";
import type { RtmpSink } from "./rtmp-sink.ts";

const LOOK_MS = 20;
const NARROW_MS = 20_000;
const AFTER_MS = 20_000;
const BEFORE_MS = 2_000;

export interface Narrowed {
  /**
   * The worst of each second, of pictures that arrive, beyond what the way took before; a second without one tells how
   * late the next one is. By their stamps: a busy machine shows a picture again, with the time in which it was made.
   */
  readonly delaysMs: readonly number[];
  /** Between neighbours, as they are stamped: what a viewer misses. */
  readonly soundStepMs: number;
  readonly pictureStepMs: number;
  /** Between two arrivals. */
  readonly soundWaitMs: number;
  readonly pictureWaitMs: number;
}

/** What a busy machine does for a moment is not the line's. */
function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** What arrives while a line carries less for twenty seconds, and twenty seconds more. */
export async function narrow(line: Line, sink: RtmpSink, bitrateBps: number): Promise<Narrowed> {
  const delaysMs: number[] = [];
  const sinceStampMs = () => performance.now() - (sink.pictures.at(-1)?.dts90k ?? 0) / 90;
  let normalMs = Number.POSITIVE_INFINITY;
  for (let look = 0; look < BEFORE_MS / LOOK_MS; look += 1) {
    normalMs = Math.min(normalMs, sinceStampMs());
    await pause(LOOK_MS);
  }
  const [sounds, pictures] = [arrivals(() => sink.sounds), arrivals(() => sink.pictures)];
  const beganMs = performance.now();
  line.bitrateBps = bitrateBps;
  for (let ms = 0; ms < NARROW_MS + AFTER_MS; ms = performance.now() - beganMs) {
    if (ms >= NARROW_MS) line.bitrateBps = undefined;
    sounds.look();
    pictures.look();
    const second = Math.floor(ms / 1000);
    const delayMs = Math.round(sinceStampMs() - normalMs);
    delaysMs[second] = Math.max(delaysMs[second] ?? 0, delayMs);
    await pause(LOOK_MS);
  }
  return {
    delaysMs,
    soundStepMs: sounds.stepMs,
    pictureStepMs: pictures.stepMs,
    soundWaitMs: sounds.waitMs,
    pictureWaitMs: pictures.waitMs,
  };
}

/** Never out of hand, and within ten seconds, also while the line stays as it is, nearly what it was. */
export function expectBearable({ soundStepMs, pictureStepMs, delaysMs }: Narrowed): void {
  const worstMs = (fromS: number) => Math.max(...delaysMs.slice(fromS));
  expect(soundStepMs).toBeLessThan(100);
  expect(pictureStepMs).toBeLessThan(2_100);
  expect(worstMs(0)).toBeLessThan(3_000);
  expect(worstMs(10)).toBeLessThan(1_500);
  expect(middle(delaysMs.slice(NARROW_MS / 1_000 + 10))).toBeLessThan(500);
}

/** The longest between two, by their stamps and by their arrival, as far as one looks often enough. */
function arrivals(of: () => readonly { readonly dts90k: number }[]) {
  let count = of().length;
  let lastMs = performance.now();
  const longest = { stepMs: 0, waitMs: 0 };
  return {
    look: () => {
      const units = of();
      if (units.length === count) return;
      for (; count < units.length; count += 1) {
        const stepMs = ((units[count]?.dts90k ?? 0) - (units[count - 1]?.dts90k ?? 0)) / 90;
        longest.stepMs = Math.max(longest.stepMs, Math.round(stepMs));
      }
      longest.waitMs = Math.max(longest.waitMs, Math.round(performance.now() - lastMs));
      lastMs = performance.now();
    },
    get stepMs() {
      return longest.stepMs;
    },
    get waitMs() {
      return longest.waitMs;
    },
  };
}
