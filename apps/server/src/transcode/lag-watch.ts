/** A run begins with a backlog, the units held until its shape was settled: so long it may take to melt. */
const START_MS = 6_000;
/** Later a backlog is nothing as long as it melts; this long above the limit without is too slow. */
const PATIENCE_MS = 3_000;
const LIMIT_MS = 2_000;
/** What must have melted in that time for patience to go on. */
const MELTED_MS = 300;

/** Tells when an encoder has fallen behind real time for good. Pure: fed with times. */
export class LagWatch {
  #since: { readonly atMs: number; readonly lagMs: number } | undefined;

  constructor(private readonly startMs: number) {}

  /** `lagMs`: media time between what went in last and what came out last. */
  isBehind(nowMs: number, lagMs: number): boolean {
    if (lagMs <= LIMIT_MS || nowMs - this.startMs < START_MS) {
      this.#since = undefined;
      return false;
    }
    if (this.#since === undefined) {
      this.#since = { atMs: nowMs, lagMs };
      return false;
    }
    if (nowMs - this.#since.atMs < PATIENCE_MS) return false;
    if (lagMs > this.#since.lagMs - MELTED_MS) return true;
    this.#since = { atMs: nowMs, lagMs };
    return false;
  }
}
