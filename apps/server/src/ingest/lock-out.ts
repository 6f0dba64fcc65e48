import type { Clock } from "../platform/clock.ts";
import { networkOf } from "../platform/network.ts";

export interface LockOutPolicy {
  /** So many wrong keys … */
  readonly failures: number;
  /** … within this time … */
  readonly windowMs: number;
  /** … shut an address out for this long. */
  readonly lockMs: number;
  /** Addresses remembered; the one longest without a failure is forgotten first. */
  readonly maxAddresses: number;
}

export const DEFAULT_LOCK_OUT: LockOutPolicy = {
  failures: 10,
  windowMs: 60_000,
  lockMs: 60_000,
  maxAddresses: 10_000,
};

interface Entry {
  failuresMs: readonly number[];
  lockedUntilMs: number;
}

/**
 * Remembers wrong keys by address. Attempts during a lock do not prolong it: an encoder that retries
 * every two seconds is told the remaining time and gets in within a minute of its key being mended.
 */
export class LockOut {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #policy: LockOutPolicy;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Pick<Clock, "monotonicMs">, policy: LockOutPolicy = DEFAULT_LOCK_OUT) {
    this.#clock = clock;
    this.#policy = policy;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How long this address is still shut out; 0 when it is not. */
  lockedForMs(address: string): number {
    const entry = this.#entries.get(networkOf(address));
    return entry === undefined ? 0 : Math.max(0, entry.lockedUntilMs - this.#clock.monotonicMs());
  }

  failed(address: string): void {
    const network = networkOf(address);
    const nowMs = this.#clock.monotonicMs();
    const known = this.#entries.get(network);
    if (known !== undefined && known.lockedUntilMs > nowMs) return;
    const recent = (known?.failuresMs ?? []).filter((at) => at > nowMs - this.#policy.windowMs);
    const failuresMs = [...recent, nowMs];
    const locked = failuresMs.length >= this.#policy.failures;
    // Deleted and set again, so that the map's order is that of the last failures.
    this.#entries.delete(network);
    this.#entries.set(network, {
      failuresMs: locked ? [] : failuresMs,
      lockedUntilMs: locked ? nowMs + this.#policy.lockMs : 0,
    });
    if (this.#entries.size > this.#policy.maxAddresses) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
  }
}
