import type { Grid } from "../stream/media-sink.ts";
import { TICKS_PER_SECOND } from "../stream/ticks.ts";

/**
 * Whether a source's own keyframes can serve as everyone's grid. The rule: a keyframe stands within
 * half a frame of each point of a regular grid of 1 to 2.1 s; more keyframes between do no harm.
 */
export const MIN_PERIOD90K = 1.0 * TICKS_PER_SECOND;
export const MAX_PERIOD90K = Math.round(2.1 * TICKS_PER_SECOND);
/** Publish to playable must stay within 4 s, so a source that has not shown its grid by now has none. */
export const DECISION90K = Math.round(2.2 * TICKS_PER_SECOND);

export type GridVerdict =
  | { readonly kind: "undecided" }
  | { readonly kind: "regular"; readonly grid: Grid }
  | { readonly kind: "irregular" };

/**
 * `keyframes90k`: presentation times of all keyframes so far, in order; the first is the grid's
 * origin. `horizon90k`: how far the source has been seen. `frame90k`: one frame.
 *
 * The period is the largest multiple of the observed interval within 2.1 s (GOPs of 1 s give
 * segments of 2 s). An interval that is about one or two seconds is believed at its second
 * keyframe; any other could be a scene cut's, and is only believed when time is up.
 */
export function findGrid(keyframes90k: readonly number[], horizon90k: number, frame90k: number): GridVerdict {
  const origin90k = keyframes90k[0];
  if (origin90k === undefined) return { kind: "undecided" };
  const half90k = frame90k / 2;
  const seen90k = horizon90k - origin90k;
  const periods: number[] = [];
  for (const key90k of keyframes90k.slice(1)) {
    const interval90k = wholeFrames(key90k - origin90k, frame90k);
    const count = Math.floor((MAX_PERIOD90K + half90k) / interval90k);
    const period90k = interval90k * count;
    if (count < 1 || period90k < MIN_PERIOD90K - half90k) continue;
    if (holds(keyframes90k, interval90k, seen90k, half90k)) periods.push(period90k);
    // One interval below a second proves little: wait until it has repeated for a second.
    const believable = isWholeSeconds(period90k) && seen90k + half90k >= MIN_PERIOD90K;
    if (periods.at(-1) === period90k && believable) return regular(origin90k, period90k);
  }
  if (seen90k < DECISION90K) return { kind: "undecided" };
  const longest90k = Math.max(...periods);
  return periods.length > 0 ? regular(origin90k, longest90k) : { kind: "irregular" };
}

const regular = (origin90k: number, period90k: number): GridVerdict => ({
  kind: "regular",
  grid: { origin90k, period90k },
});

/** Timestamps are whole ticks, periods are whole frames: at 23.976 fps a frame is 3753.75 ticks. */
const wholeFrames = (ticks90k: number, frame90k: number): number =>
  Math.max(1, Math.round(ticks90k / frame90k)) * frame90k;

/** 60 frames at 29.97 fps are 2.002 s. */
function isWholeSeconds(ticks90k: number): boolean {
  const seconds = ticks90k / TICKS_PER_SECOND;
  return Math.abs(seconds - Math.round(seconds)) <= 0.02;
}

function holds(
  keyframes90k: readonly number[],
  interval90k: number,
  seen90k: number,
  half90k: number,
): boolean {
  const origin90k = keyframes90k[0] ?? 0;
  for (let point90k = interval90k; point90k + half90k <= seen90k; point90k += interval90k) {
    const hit = keyframes90k.some((key90k) => Math.abs(key90k - origin90k - point90k) <= half90k + 1);
    if (!hit) return false;
  }
  return true;
}

/** The grid that re-encoded video is given: whole frames, nearest to `gopS`, even where a rung halves the rate. */
export function encodedPeriod90k(gopS: number, frame90k: number): number {
  const frames = Math.round((gopS * TICKS_PER_SECOND) / frame90k);
  return Math.max(2, frames - (frames % 2)) * frame90k;
}

/** Whether a time is a point of the grid, to half a frame. */
export function isOnGrid(grid: Grid, pts90k: number, frame90k: number): boolean {
  const points = (pts90k - grid.origin90k) / grid.period90k;
  return Math.abs(points - Math.round(points)) * grid.period90k <= frame90k / 2 + 1;
}

/** Watches a passed-through source on air: each grid point that it plays through must be a keyframe. */
export class GridWatch {
  #next90k: number;

  constructor(
    private readonly grid: Grid,
    private readonly frame90k: number,
  ) {
    this.#next90k = grid.origin90k;
  }

  /** Video units in decoding order. False: a keyframe is missing where the grid needs one. */
  accepts(pts90k: number, keyframe: boolean): boolean {
    if (pts90k < this.#next90k - this.frame90k / 2) return true;
    // After lost units the source may come back some points later; between two points it may not.
    if (!keyframe || !isOnGrid(this.grid, pts90k, this.frame90k)) return false;
    const points = Math.round((pts90k - this.grid.origin90k) / this.grid.period90k);
    this.#next90k = this.grid.origin90k + (points + 1) * this.grid.period90k;
    return true;
  }
}
