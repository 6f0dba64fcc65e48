/** Work that takes less of the interval than this leaves the page enough. */
const EASY_SHARE = 0.5;

/**
 * When the next frame is due, in milliseconds of one clock: on the grid of the rate while the page keeps up,
 * else after a rest as long as the work, so that half of the time is left for everything else on the page.
 * What was missed is not made up for.
 */
export function nextFrameMs(of: {
  /** When the last one was due. */
  readonly dueMs: number;
  /** When it was done, and how long that took. */
  readonly doneMs: number;
  readonly busyMs: number;
  readonly intervalMs: number;
}): number {
  const restMs = of.busyMs <= of.intervalMs * EASY_SHARE ? 0 : of.busyMs;
  return Math.max(of.dueMs + of.intervalMs, of.doneMs + restMs);
}
