/** Somewhat less than the time from one report of levels to the next. */
const ALONE_MS = 90;

/**
 * When meters move: with the monitors' pictures, so that one painting of the window does for both; by themselves where
 * no picture comes.
 */
export class Beat {
  readonly #listeners = new Set<(nowMs: number) => void>();
  #struckMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A picture was drawn. */
  strike(): void {
    const nowMs = this.now();
    this.#struckMs = nowMs;
    for (const listener of [...this.#listeners]) listener(nowMs);
  }

  /** Something is to be shown, with the next picture if there is one. */
  ask(): void {
    if (this.now() - this.#struckMs >= ALONE_MS) this.strike();
  }

  readonly subscribe = (listener: (nowMs: number) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
