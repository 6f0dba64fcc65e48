import { fpsOf } from "./frame-rate.ts";
import type { FrameRate, Unit } from "./unit.ts";

const WINDOW_MS = 4_000;
const MAX_SAMPLES = 1_200;

export interface IngestMeasure {
  readonly fps: number | undefined;
  readonly videoBitrateBps: number;
  readonly audioBitrateBps: number;
  readonly gopS: number | undefined;
  readonly gopMaxS: number | undefined;
  readonly idleMs: number;
}

/** What a publisher really sends, over the last seconds of arrival. */
export class IngestStats {
  #samples: { atMs: number; dts90k: number; bytes: number; video: boolean }[] = [];
  #gops: number[] = [];
  #lastKeyframe90k: number | undefined;
  #lastAtMs = 0;

  add(unit: Unit): void {
    const atMs = unit.receivedAtMs;
    this.#lastAtMs = atMs;
    const { dts90k, data, kind } = unit;
    this.#samples.push({ atMs, dts90k, bytes: data.length, video: kind === "video" });
    if (this.#samples.length > MAX_SAMPLES || (this.#samples[0]?.atMs ?? atMs) < atMs - 2 * WINDOW_MS) {
      this.#samples = this.#samples
        .filter((sample) => sample.atMs > atMs - WINDOW_MS)
        .slice(-MAX_SAMPLES / 2);
    }
    if (unit.kind !== "video" || !unit.keyframe) return;
    if (this.#lastKeyframe90k !== undefined) {
      this.#gops = [...this.#gops.slice(-9), (unit.pts90k - this.#lastKeyframe90k) / 90_000];
    }
    this.#lastKeyframe90k = unit.pts90k;
  }

  measure(nowMs: number, rate: FrameRate | undefined): IngestMeasure {
    const samples = this.#samples.filter((sample) => sample.atMs > nowMs - WINDOW_MS);
    const first = samples[0]?.atMs ?? nowMs;
    const seconds = Math.max(0.5, (nowMs - first) / 1_000);
    const video = samples.filter((sample) => sample.video);
    const bits = (list: typeof samples) =>
      (list.reduce((sum, sample) => sum + sample.bytes, 0) * 8) / seconds;
    const fps = framesASecond(video.map((sample) => sample.dts90k));
    return {
      fps: fps !== undefined && rate !== undefined && Math.abs(fps - fpsOf(rate)) < 1 ? fpsOf(rate) : fps,
      videoBitrateBps: Math.round(bits(video)),
      audioBitrateBps: Math.round(bits(samples.filter((sample) => !sample.video))),
      gopS: this.#gops.at(-1),
      gopMaxS: this.#gops.length === 0 ? undefined : Math.max(...this.#gops),
      idleMs: nowMs - this.#lastAtMs,
    };
  }
}

/** By the frames' own time: arrival comes in bursts, and on a busy machine late. */
function framesASecond(dts90k: readonly number[]): number | undefined {
  const [first, last] = [dts90k[0], dts90k.at(-1)];
  if (first === undefined || last === undefined || last <= first) return undefined;
  return ((dts90k.length - 1) * 90_000) / (last - first);
}
