import type { StreamId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { ViewerCounter } from "./viewer-counter.ts";

/** Heartbeats come every 10 s; one that is a beat late still counts, one that missed two is gone. */
const BUCKET_MS = 10_000;
const BUCKETS = 3;

interface Audience {
  /** Newest first. A viewer stands in the bucket of the last heartbeat only. */
  readonly buckets: Set<string>[];
  /** Number of the newest bucket. */
  at: number;
}

/** Rotating buckets of viewer ids: a count costs nothing, a viewer is forgotten 20 to 30 s after its last beat. */
export class MemoryViewerCounter implements ViewerCounter {
  readonly #audiences = new Map<StreamId, Audience>();
  readonly #reported = new Map<StreamId, number>();

  constructor(
    private readonly clock: Pick<Clock, "monotonicMs">,
    private readonly maxViewersAStream = 200_000,
  ) {}

  async beat(streamId: StreamId, viewerId: string): Promise<number> {
    const audience = this.#audiences.get(streamId) ?? this.#begin(streamId);
    this.#rotate(audience);
    const known = audience.buckets.some((bucket) => bucket.delete(viewerId));
    if (known || sizeOf(audience) < this.maxViewersAStream) audience.buckets[0]?.add(viewerId);
    return sizeOf(audience);
  }

  async count(streamId: StreamId): Promise<number> {
    return this.#countNow(streamId);
  }

  async changes(): Promise<ReadonlyMap<StreamId, number>> {
    const changed = new Map<StreamId, number>();
    for (const streamId of this.#audiences.keys()) {
      const count = this.#countNow(streamId);
      if (this.#reported.get(streamId) !== count) changed.set(streamId, count);
      this.#reported.set(streamId, count);
      // Nobody watches, and that is reported: nothing is left to remember.
      if (count === 0) await this.clear(streamId);
    }
    return changed;
  }

  async clear(streamId: StreamId): Promise<void> {
    this.#audiences.delete(streamId);
    this.#reported.delete(streamId);
  }

  #countNow(streamId: StreamId): number {
    const audience = this.#audiences.get(streamId);
    if (audience === undefined) return 0;
    this.#rotate(audience);
    return sizeOf(audience);
  }

  #begin(streamId: StreamId): Audience {
    const audience = { buckets: [new Set<string>()], at: this.#bucketNow() };
    this.#audiences.set(streamId, audience);
    return audience;
  }

  #rotate(audience: Audience): void {
    const now = this.#bucketNow();
    for (let steps = Math.min(now - audience.at, BUCKETS); steps > 0; steps--) {
      audience.buckets.unshift(new Set());
    }
    audience.buckets.length = Math.min(audience.buckets.length, BUCKETS);
    audience.at = now;
  }

  #bucketNow(): number {
    return Math.floor(this.clock.monotonicMs() / BUCKET_MS);
  }
}

function sizeOf(audience: Audience): number {
  return audience.buckets.reduce((sum, bucket) => sum + bucket.size, 0);
}
