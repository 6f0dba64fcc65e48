const DELAYS_MS = [0, 200, 1_000, 3_000, 10_000];
const CALM_MS = 60_000;

/**
 * When a process that died is started again: at once, later and later while it keeps dying, and not at all once it has
 * died more often within a minute than there are delays.
 */
export class Restarts implements Disposable {
  #recent: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly start: () => void,
    private readonly now: () => number = Date.now,
  ) {}

  died(): "restarting" | "failed" {
    const now = this.now();
    this.#recent = [...this.#recent.filter((at) => now - at < CALM_MS), now];
    clearTimeout(this.#timer);
    const delayMs = DELAYS_MS[this.#recent.length - 1];
    if (delayMs === undefined) return "failed";
    this.#timer = setTimeout(this.start, delayMs);
    return "restarting";
  }

  /** Somebody wants it to be tried once more, from the first delay on. */
  forgive(): void {
    this.#recent = [];
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
