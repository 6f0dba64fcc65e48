/** Before each successive try; the last one goes on. */
const BACK_OFF_MS = [0, 500, 2_000, 5_000] as const;
/** What ran for so long has earned a fresh start of the table. */
const STABLE_MS = 15_000;

/** When a child that died may be tried again. Pure: fed with times on a monotonic clock. */
export class Restarts {
  #attempt = 0;
  #startedAtMs = 0;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  mayStart(nowMs: number): boolean {
    return nowMs >= this.#notBeforeMs;
  }

  started(nowMs: number): void {
    this.#startedAtMs = nowMs;
  }

  died(nowMs: number): void {
    if (nowMs - this.#startedAtMs >= STABLE_MS) this.#attempt = 0;
    const waitMs = BACK_OFF_MS[Math.min(this.#attempt, BACK_OFF_MS.length - 1)] ?? 0;
    this.#attempt += 1;
    this.#notBeforeMs = nowMs + waitMs;
  }
}
