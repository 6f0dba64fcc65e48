import type { Clock } from "../platform/clock.ts";

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Token buckets by name (an address, a token's hash): `perMinute` at once, refilled evenly. Bounded. */
export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly perMinute: number,
    private readonly clock: Pick<Clock, "monotonicMs">,
    private readonly maxNames = 50_000,
  ) {}

  /** Undefined when the request may go on, else the seconds to wait. */
  take(name: string): number | undefined {
    const now = this.clock.monotonicMs();
    const bucket = this.#buckets.get(name) ?? { tokens: this.perMinute, atMs: now };
    const refilled = bucket.tokens + ((now - bucket.atMs) / 60_000) * this.perMinute;
    bucket.tokens = Math.min(this.perMinute, refilled);
    bucket.atMs = now;
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= this.maxNames) break;
      this.#buckets.delete(oldest);
    }
    if (bucket.tokens < 1) return Math.max(1, Math.ceil(((1 - bucket.tokens) / this.perMinute) * 60));
    bucket.tokens -= 1;
    return undefined;
  }
}
