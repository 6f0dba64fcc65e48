/** A backlog is nothing as long as it melts (a run begins with one); this long above the limit is too slow. */
const PATIENCE_MS = 3_000;
const LIMIT_MS = 2_000;
/** What must have melted in that time for patience to go on. */
const MELTED_MS = 300;

/** Tells when an encoder has fallen behind real time for good. Pure: fed with times. */
export class LagWatch {
  #since: { readonly atMs: number; readonly lagMs: number } | undefined;

  /** `lagMs`: media time between what went in last and what came out last. */
  isBehind(nowMs: number, lagMs: number): boolean {
    if (lagMs <= LIMIT_MS) {
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
