import type { Clock } from "../../platform/clock.ts";

/** Counts attempts in a sliding window, by whatever names them; bounded, the oldest names go first. */
export class AttemptThrottle {
  /** Name → monotonic times of its attempts within the window. */
  readonly #attempts = new Map<string, number[]>();

  constructor(
    private readonly options: {
      readonly limit: number;
      readonly windowMs: number;
      readonly clock: Pick<Clock, "monotonicMs">;
      readonly maxNames?: number;
    },
  ) {}

  /** Counts an attempt. Undefined when it may go on, else the seconds to wait. */
  attempt(name: string): number | undefined {
    const now = this.options.clock.monotonicMs();
    const recent = (this.#attempts.get(name) ?? []).filter((at) => at > now - this.options.windowMs);
    const oldest = recent[0];
    if (oldest !== undefined && recent.length >= this.options.limit) {
      return Math.max(1, Math.ceil((oldest + this.options.windowMs - now) / 1000));
    }
    recent.push(now);
    // Set anew, so that the map's order is that of the last attempt.
    this.#attempts.delete(name);
    this.#attempts.set(name, recent);
    this.#bound();
    return undefined;
  }

  /** Takes the newest attempt back: it was none (the password was right). */
  forgive(name: string): void {
    const recent = this.#attempts.get(name);
    recent?.pop();
    if (recent?.length === 0) this.#attempts.delete(name);
  }

  clear(name: string): void {
    this.#attempts.delete(name);
  }

  #bound(): void {
    const most = this.options.maxNames ?? 20_000;
    for (const name of this.#attempts.keys()) {
      if (this.#attempts.size <= most) return;
      this.#attempts.delete(name);
    }
  }
}
