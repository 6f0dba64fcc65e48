const DELAYS_MS = [0, 200, 1_000, 3_000, 10_000];
const CALM_MS = 60_000;

/** When a process that died is started again: at once, and later and later while it keeps dying. */
export class Restarts implements Disposable {
  #recent: number[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly start: () => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** Tells after how many ms it will be. */
  died(): number {
    const now = this.now();
    this.#recent = [...this.#recent.filter((at) => now - at < CALM_MS), now];
    const delayMs = DELAYS_MS[Math.min(this.#recent.length, DELAYS_MS.length) - 1] ?? 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.start, delayMs);
    return delayMs;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
