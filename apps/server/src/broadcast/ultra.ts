import type { StreamId } from "@footlight/shared";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { StreamFeed } from "../rtc-feed/stream-feed.ts";
import type { StreamHub, StreamObserver } from "../stream/hub.ts";
import type { StreamIdentity } from "../stream/live-stream.ts";
import type { RtcFeeding } from "../stream/rtc.ts";

/** A feed goes on for so long after the last viewer left: a reload must not restart it. */
const IDLE_MS = 5_000;

interface Running {
  readonly stream: StreamIdentity & { readonly epochMs: number };
  feed: StreamFeed | undefined;
  idle: NodeJS.Timeout | undefined;
}

/**
 * Joins rooms and feeds: a stream that runs here is fed to its room while somebody wants it there, be it
 * a viewer or a stage, and its publisher did not come by WebRTC itself.
 */
export class Ultra implements StreamObserver {
  readonly #running = new Map<StreamId, Running>();
  /** Viewers and stages, of streams that may not run yet. */
  readonly #peers = new Map<StreamId, number>();

  constructor(
    private readonly deps: {
      readonly hub: Pick<StreamHub, "subscribe" | "publisher">;
      readonly rooms: RtcFeeding;
      readonly ffmpegPath: string;
      readonly clock: Clock;
      readonly logger: Logger;
      readonly idleMs?: number;
    },
  ) {
    deps.rooms.onDemand((streamId, peers) => this.#demanded(streamId, peers));
  }

  opened(stream: StreamIdentity & { readonly epochMs: number }): void {
    const { streamId } = stream;
    this.#running.set(streamId, { stream, feed: undefined, idle: undefined });
    if (this.#peers.has(streamId)) this.#startSoon(streamId);
  }

  async closed(streamId: StreamId): Promise<void> {
    const running = this.#running.get(streamId);
    if (running === undefined) return;
    this.#running.delete(streamId);
    clearTimeout(running.idle);
    await running.feed?.close();
  }

  #demanded(streamId: StreamId, peers: number): boolean {
    if (peers > 0) this.#peers.set(streamId, peers);
    else this.#peers.delete(streamId);
    const running = this.#running.get(streamId);
    if (running === undefined) return false;
    clearTimeout(running.idle);
    if (peers > 0) this.#startSoon(streamId);
    else running.idle = setTimeout(() => this.#stop(running), this.deps.idleMs ?? IDLE_MS);
    // A stage may be fed from a stream whose viewers have no ultra tier.
    return running.stream.latencyMode === "ultra-low";
  }

  /** Who is refused leaves in the same moment, and has cost nothing. */
  #startSoon(streamId: StreamId): void {
    setImmediate(() => {
      const running = this.#running.get(streamId);
      if (running !== undefined && this.#peers.has(streamId)) this.#start(running);
    });
  }

  #start(running: Running): void {
    if (running.feed !== undefined) return;
    const { hub, rooms, ffmpegPath, clock } = this.deps;
    const { streamId, epochMs } = running.stream;
    const subscription = hub.subscribe(streamId, "rtc-feed");
    if (subscription === "offline") return;
    const logger = this.deps.logger.child({ stream: streamId });
    const feed = new StreamFeed({
      subscription,
      // Only the next source keyframe helps who waits for a picture; an encoder of ours has one each second.
      openRoom: () => rooms.feed(streamId, { keyframeWanted: () => {} }),
      comesByWebRtc: () => hub.publisher(streamId)?.request.protocol === "whip",
      ...{ epochMs, ffmpegPath, clock, logger },
    });
    running.feed = feed;
    logger.info("WebRTC feed started");
    void feed.done.then(() => {
      if (running.feed === feed) running.feed = undefined;
      logger.info("WebRTC feed stopped");
    });
  }

  #stop(running: Running): void {
    void running.feed?.close();
    running.feed = undefined;
  }
}
