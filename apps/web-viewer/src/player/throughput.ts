/** One answer of media: its body only, so that what the server waited for does not count. */
export interface Transfer {
  /** First and last byte of the body, ms of a steady clock. */
  readonly firstMs: number;
  readonly endMs: number;
  readonly bytes: number;
}

/** A handful of packets comes all at once and tells nothing of more: a burst is taken to last so long. */
const SHORTEST_BURST_MS = 10;
/** Bursts below this say something only when they were slow. */
const SMALL_BYTES = 4_000;
const SLOW_MS = 100;
const FAST_WINDOW_MS = 2_000;
const WINDOW_MS = 8_000;
/** However far apart they are, so many bursts are looked at. */
const FEWEST = 3;
const MOST = 200;

interface Burst {
  fromMs: number;
  toMs: number;
  bytes: number;
}

/**
 * What the network gives, bits a second. Parts are small and are asked for as soon as they are listed,
 * so the time between request and answer is mostly waiting: only bodies count, those that overlap
 * (sound and picture) as one. The last two seconds and the last eight are both measured, the lower is believed.
 */
export class Throughput {
  private bursts: Burst[] = [];

  constructor(private readonly initialBps: number | null) {}

  note({ firstMs, endMs, bytes }: Transfer): void {
    const burst = { fromMs: firstMs, toMs: Math.max(firstMs, endMs), bytes };
    for (let last = this.bursts.at(-1); last && last.toMs >= burst.fromMs; last = this.bursts.at(-1)) {
      this.bursts.pop();
      burst.fromMs = Math.min(burst.fromMs, last.fromMs);
      burst.toMs = Math.max(burst.toMs, last.toMs);
      burst.bytes += last.bytes;
    }
    this.bursts = [...this.bursts, burst].slice(-MOST);
  }

  /** Something was measured since the start. */
  get measured(): boolean {
    return this.telling().length > 0;
  }

  /** What was known at the start until something is measured; null where nothing was. */
  get bps(): number | null {
    const bursts = this.telling();
    const endMs = bursts.at(-1)?.toMs;
    if (endMs === undefined) return this.initialBps;
    const since = (fromMs: number) => bursts.filter((burst) => burst.toMs > fromMs);
    const few = bursts.slice(-FEWEST);
    const slow = since(endMs - WINDOW_MS);
    return Math.min(rateOf(since(endMs - FAST_WINDOW_MS)), rateOf(slow.length < FEWEST ? few : slow));
  }

  private telling(): Burst[] {
    return this.bursts.filter(({ fromMs, toMs, bytes }) => bytes >= SMALL_BYTES || toMs - fromMs >= SLOW_MS);
  }
}

const rateOf = (bursts: readonly Burst[]): number => {
  const bytes = bursts.reduce((sum, burst) => sum + burst.bytes, 0);
  const ms = bursts.reduce((sum, { fromMs, toMs }) => sum + Math.max(SHORTEST_BURST_MS, toMs - fromMs), 0);
  return (bytes * 8_000) / ms;
};
