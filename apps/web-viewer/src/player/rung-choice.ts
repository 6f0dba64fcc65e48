import { SAFE_SHARE } from "./quality.ts";

/** After a step down, and after any step, the next one up waits so long. */
const UP_AFTER_DOWN_MS = 8_000;
const UP_AFTER_UP_MS = 3_000;
/** A step up that had to be taken back so soon was one too many: the next waits twice as long. */
const REGRET_MS = 20_000;
const MAX_PATIENCE_MS = 120_000;

export interface RungFactsNow {
  /** Peaks, ascending. */
  readonly bitratesBps: readonly number[];
  /** Index of what is loaded now. */
  readonly current: number;
  /** Highest index that may be taken. */
  readonly cap: number;
  readonly throughputBps: number;
  readonly nowMs: number;
}

/**
 * Which rung to load: at most 80 % of the throughput, up one step at a time and not before the last
 * step has proved itself, down at once and as far as needed. Pure: driven by facts and times.
 */
export class RungChoice {
  private steppedMs = Number.NEGATIVE_INFINITY;
  private upMs = Number.NEGATIVE_INFINITY;
  private waitMs = UP_AFTER_UP_MS;
  private patienceMs = UP_AFTER_DOWN_MS;

  next({ bitratesBps, current, cap, throughputBps, nowMs }: RungFactsNow): number {
    const fits = Math.min(cap, affordable(bitratesBps, throughputBps));
    if (fits < current) {
      this.noteDown(nowMs);
      return fits;
    }
    if (fits === current || nowMs - this.steppedMs < this.waitMs) return current;
    this.steppedMs = nowMs;
    this.upMs = nowMs;
    this.waitMs = UP_AFTER_UP_MS;
    return current + 1;
  }

  /** A step down was taken, here or in a hurry. */
  noteDown(nowMs: number): void {
    const regretted = nowMs - this.upMs < REGRET_MS;
    this.patienceMs = regretted ? Math.min(MAX_PATIENCE_MS, this.patienceMs * 2) : UP_AFTER_DOWN_MS;
    this.upMs = Number.NEGATIVE_INFINITY;
    this.steppedMs = nowMs;
    this.waitMs = this.patienceMs;
  }
}

/** The best rung that needs at most 80 % of the throughput; the lowest where none does. */
export const affordable = (bitratesBps: readonly number[], throughputBps: number): number =>
  Math.max(0, bitratesBps.filter((bitrate) => bitrate <= SAFE_SHARE * throughputBps).length - 1);

export interface DrainFacts {
  /** What the part or segment on its way comes at, bits a second. */
  readonly rateBps: number;
  /** Of the rung that is loaded, and of the one that would be. */
  readonly currentBps: number;
  readonly lowerBps: number;
  /** Of the open segment: what is there already, and what is to come. */
  readonly behindS: number;
  readonly aheadS: number;
  readonly bufferS: number;
}

/** Requests for another rung's playlist and init segment. */
const SWITCH_S = 0.15;

/**
 * Whether to leave a rung in the middle of a segment. Staying, the buffer drains until the next
 * keyframe; leaving, the segment comes anew from its beginning. Whatever stops the picture for less.
 */
export const leaveNow = (facts: DrainFacts): boolean => {
  const { rateBps, currentBps, lowerBps, behindS, aheadS, bufferS } = facts;
  if (lowerBps >= currentBps) return false;
  const stayS = aheadS * Math.max(0, currentBps / rateBps - 1);
  if (stayS < bufferS) return false;
  return (behindS * lowerBps) / rateBps + SWITCH_S < stayS;
};
