import { TICKS_PER_SECOND } from "./ticks.ts";
import type { FrameRate } from "./unit.ts";

/** Rates that cameras, screens and encoders produce; others are taken as claimed. */
const STANDARD: readonly FrameRate[] = [
  { num: 30, den: 1 },
  { num: 60, den: 1 },
  { num: 25, den: 1 },
  { num: 50, den: 1 },
  { num: 24, den: 1 },
  { num: 30_000, den: 1001 },
  { num: 60_000, den: 1001 },
  { num: 24_000, den: 1001 },
  { num: 20, den: 1 },
  { num: 15, den: 1 },
  { num: 12, den: 1 },
  { num: 10, den: 1 },
  { num: 48, den: 1 },
  { num: 120, den: 1 },
];

export const frameTicks = (rate: FrameRate): number => (TICKS_PER_SECOND * rate.den) / rate.num;
export const fpsOf = (rate: FrameRate): number => rate.num / rate.den;

/** Timestamps come in milliseconds at worst, truncated or rounded: off by up to 1 ms each way. */
const ROUNDING90K = 135;

/**
 * The constant rate behind the decode times of successive frames, or undefined where they vary.
 * A claimed rate wins where the times agree with it, because a dozen frames in milliseconds cannot
 * tell 30 from 29.97. Frames that the encoder left out are no contradiction.
 */
export function detectFrameRate(
  dts90k: readonly number[],
  claimed: FrameRate | undefined,
): FrameRate | undefined {
  if (dts90k.length < 3) return claimed;
  const steps = dts90k.slice(1).map((dts, i) => dts - (dts90k[i] as number));
  const typical90k = [...steps].sort((a, b) => a - b)[steps.length >> 1] as number;
  const candidates = claimed === undefined ? STANDARD : [claimed, ...STANDARD];
  // A median step of two frames (an encoder that drops every other one) must not halve the rate.
  return candidates
    .filter((rate) => Math.abs(frameTicks(rate) - typical90k) <= ROUNDING90K)
    .find((rate) => fits(dts90k, frameTicks(rate)));
}

function fits(dts90k: readonly number[], frame90k: number): boolean {
  const first = dts90k[0] as number;
  let outliers = 0;
  for (const dts of dts90k) {
    const frames = (dts - first) / frame90k;
    if (Math.abs(frames - Math.round(frames)) * frame90k > ROUNDING90K) outliers += 1;
  }
  return outliers <= dts90k.length / 8;
}
