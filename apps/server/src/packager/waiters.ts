/**
 * Requests that wait until something counts up to a level (a sequence number). One promise and one
 * timer a request; one call wakes all that have been reached.
 */
export interface Waiting {
  /** True when reached, false when the time was up. Never rejects. */
  readonly reached: Promise<boolean>;
  /** The request went away. */
  cancel(): void;
}

interface Waiter {
  readonly level: number;
  settle(reached: boolean): void;
}

export class Waiters {
  readonly #waiting = new Set<Waiter>();

  get size(): number {
    return this.#waiting.size;
  }

  wait(level: number, timeoutMs: number): Waiting {
    let resolve: (reached: boolean) => void = () => {};
    const promise = new Promise<boolean>((settle) => {
      resolve = settle;
    });
    const waiter: Waiter = {
      level,
      settle: (reached) => {
        clearTimeout(timer);
        this.#waiting.delete(waiter);
        resolve(reached);
      },
    };
    const timer = setTimeout(() => waiter.settle(false), timeoutMs);
    this.#waiting.add(waiter);
    return { reached: promise, cancel: () => waiter.settle(false) };
  }

  reach(level: number): void {
    for (const waiter of this.#waiting) if (waiter.level <= level) waiter.settle(true);
  }

  /** Nothing more will come: everybody gets what there is. */
  release(): void {
    this.reach(Number.POSITIVE_INFINITY);
  }
}
