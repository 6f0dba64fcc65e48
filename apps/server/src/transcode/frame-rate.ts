import { TICKS_PER_SECOND } from "../stream/ticks.ts";
import type { FrameRate, Unit } from "../stream/unit.ts";

/** What a source of varying rate is encoded at: the nearest of the rates that displays are made for. */
const STANDARD: readonly FrameRate[] = [
  { num: 10, den: 1 },
  { num: 15, den: 1 },
  { num: 24, den: 1 },
  { num: 25, den: 1 },
  { num: 30, den: 1 },
  { num: 50, den: 1 },
  { num: 60, den: 1 },
];

export const frameTicks = (rate: FrameRate): number => (TICKS_PER_SECOND * rate.den) / rate.num;
export const framesPerSecond = (rate: FrameRate): number => rate.num / rate.den;

/** A claim outside of this is a slip of the pen (0, 1000 and 90000 fps are all met with). */
const isSensible = (rate: FrameRate): boolean => framesPerSecond(rate) >= 5 && framesPerSecond(rate) <= 120;

/**
 * Rate to encode a source at: measured by the hub; else (the rate varies) the standard rate nearest
 * to what the held units show; else what is claimed; else 30.
 */
export function encodingFrameRate(
  measured: FrameRate | undefined,
  claimed: FrameRate | undefined,
  held: readonly Unit[],
): FrameRate {
  if (measured !== undefined && isSensible(measured)) return measured;
  const times = held.filter((unit) => unit.kind === "video").map((unit) => unit.dts90k);
  const span90k = (times.at(-1) ?? 0) - (times[0] ?? 0);
  if (times.length >= 4 && span90k > 0) {
    return nearestStandard(((times.length - 1) * TICKS_PER_SECOND) / span90k);
  }
  if (claimed !== undefined && isSensible(claimed)) {
    return claimed;
  }
  return { num: 30, den: 1 };
}

export function nearestStandard(fps: number): FrameRate {
  let best: FrameRate = { num: 30, den: 1 };
  for (const rate of STANDARD) {
    // By ratio: 12 is nearer to 15 than to 10.
    const distance = Math.abs(Math.log(framesPerSecond(rate) / fps));
    if (distance < Math.abs(Math.log(framesPerSecond(best) / fps))) best = rate;
  }
  return best;
}
