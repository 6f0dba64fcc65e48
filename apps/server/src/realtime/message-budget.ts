import { REALTIME_LIMITS } from "@footlight/shared";

const WINDOW_MS = 10_000;

/** How much one client says: so many messages in any window of ten seconds. */
export class MessageBudget {
  #windowMs = Number.NEGATIVE_INFINITY;
  #count = 0;
  #before = 0;

  /** False: too many. Counts by two neighbouring windows, the older one by the share that still weighs. */
  take(nowMs: number): boolean {
    const sinceMs = nowMs - this.#windowMs;
    if (sinceMs >= WINDOW_MS) {
      this.#before = sinceMs < 2 * WINDOW_MS ? this.#count : 0;
      this.#windowMs = sinceMs < 2 * WINDOW_MS ? this.#windowMs + WINDOW_MS : nowMs;
      this.#count = 0;
    }
    this.#count += 1;
    const share = 1 - (nowMs - this.#windowMs) / WINDOW_MS;
    return this.#count + this.#before * share <= REALTIME_LIMITS.messagesInTenSeconds;
  }
}
