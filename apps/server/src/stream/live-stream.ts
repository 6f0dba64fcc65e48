import type { LatencyMode, StreamId } from "@footlight/shared";
import type { Clock } from "../platform/clock.ts";
import { type StreamClock, TIMELINE_CLOCK } from "./capture-clock.ts";
import type { StreamFeed } from "./delay-line.ts";
import { GopCache } from "./gop-cache.ts";
import { adapts, IngestSession } from "./ingest-session.ts";
import { type IngestMeasure, IngestStats } from "./ingest-stats.ts";
import type { PublishRequest } from "./publish.ts";
import type { StreamEvent, Subscription } from "./subscription.ts";
import type { AudioTrack, FrameRate, IncomingUnit, TrackSet, Unit, VideoTrack } from "./unit.ts";
import { DEFAULT_BOUNDS, UnitQueue } from "./unit-queue.ts";

export interface StreamIdentity {
  readonly streamId: StreamId;
  readonly username: string;
  readonly latencyMode: LatencyMode;
  readonly recording: boolean;
  /** Everything comes to it so much later than to the server; absent: at once. */
  readonly delayMs?: number;
}

export interface PublisherView {
  readonly request: PublishRequest;
  readonly tracks: TrackSet;
  readonly frameRate: FrameRate | undefined;
  readonly missingFrames: number;
  readonly measure: IngestMeasure;
  /** What date-times count from, and how far that lies off the timeline. */
  readonly clock: StreamClock["source"];
  readonly captureOffsetMs: number;
  /** From capture to arrival here, median of the last seconds; null where capture is not told. */
  readonly ingestDelayMs: number | null;
  /** Times of capture that could not be, and were not believed. */
  readonly implausibleCaptures: number;
}

const NO_TRACKS: TrackSet = { video: undefined, audio: undefined, expectsVideo: true, expectsAudio: true };

/**
 * The media of one running stream: takes units from the one session that feeds it, keeps the GOP,
 * and hands them to every subscriber's own queue. Knows nothing of leases, keys and grace (hub.ts).
 */
export class LiveStream implements StreamFeed {
  readonly #queues = new Set<UnitQueue>();
  readonly #gop = new GopCache();
  #session: IngestSession | undefined;
  #request: PublishRequest | undefined;
  #stats = new IngestStats();
  #tracks: TrackSet = NO_TRACKS;
  #picture: VideoTrack | undefined;
  #frameRate: FrameRate | undefined;
  /** Set once the session's tracks were announced; replayed to late subscribers. */
  #announced = false;
  /** After a break nothing can be decoded before a keyframe. */
  #awaitsKeyframe = false;
  #end90k: number;
  #lastMediaMs = 0;

  constructor(
    readonly identity: StreamIdentity,
    readonly epochMs: number,
    private readonly deps: {
      readonly clock: Clock;
      readonly onFirstMedia: (request: PublishRequest) => void;
      readonly onOverrun: (consumer: string, dropped: number) => void;
    },
    end90k = 0,
  ) {
    this.#end90k = end90k;
  }

  /** Server's wall clock of the newest unit; 0 before the first. */
  get lastMediaMs(): number {
    return this.#lastMediaMs;
  }

  publisher(): PublisherView | undefined {
    if (this.#request === undefined) return undefined;
    const clock = this.#session?.clock;
    const { source, offsetMs } = clock?.clock ?? TIMELINE_CLOCK;
    return {
      request: this.#request,
      tracks: this.#tracks,
      frameRate: this.#frameRate,
      missingFrames: this.#session?.missingFrames ?? 0,
      measure: this.#stats.measure(this.deps.clock.nowMs(), this.#frameRate),
      clock: source,
      captureOffsetMs: offsetMs,
      ingestDelayMs: clock?.delayMs ?? null,
      implausibleCaptures: clock?.implausible ?? 0,
    };
  }

  /** Of the session that feeds it, or did last; of a picture that follows its line, the largest that came. */
  get picture(): Pick<VideoTrack, "width" | "height"> | undefined {
    return this.#picture;
  }

  /** @param request undefined for who stands in for a publisher: it is none, and does not make the stream live */
  attach(request: PublishRequest | undefined): void {
    this.#request = request;
    this.#stats = new IngestStats();
    this.#tracks = NO_TRACKS;
    if (request !== undefined) this.#picture = undefined;
    this.#announced = false;
    this.#gop.clear();
    this.#session = new IngestSession(this.epochMs, this.#end90k, {
      ready: (frameRate, restart) => this.#ready(frameRate, restart),
      unit: (unit) => this.#spread(unit),
    });
  }

  /** The publisher is gone. */
  detach(): void {
    if (this.#session === undefined) return;
    this.#session.flush();
    this.#session = undefined;
    this.#request = undefined;
    this.#gop.clear();
    if (this.#announced) this.#broadcast({ type: "interrupted" });
    this.#announced = false;
  }

  setTracks(tracks: TrackSet): void {
    const restart = breaks(this.#tracks, tracks);
    const { video } = tracks;
    const isSmaller = video?.adaptive === true && video.height < (this.#picture?.height ?? 0);
    if (video !== undefined && !isSmaller) this.#picture = video;
    this.#tracks = tracks;
    this.#session?.setTracks(tracks);
    if (!this.#announced) return;
    if (restart) {
      this.#awaitsKeyframe = tracks.video !== undefined;
      this.#gop.clear();
    }
    this.#broadcast({ type: "tracks", tracks, restart, frameRate: this.#frameRate });
  }

  /** @param atMs server's wall clock when it came, or shall count as having come */
  push(unit: IncomingUnit, atMs = this.deps.clock.nowMs()): void {
    this.#lastMediaMs = atMs;
    this.#session?.push(unit, this.#lastMediaMs);
  }

  subscribe(consumer: string): Subscription {
    const queue = new UnitQueue(DEFAULT_BOUNDS, (dropped) => this.deps.onOverrun(consumer, dropped));
    if (this.#announced) {
      queue.push({ type: "tracks", tracks: this.#tracks, restart: true, frameRate: this.#frameRate });
      for (const unit of this.#gop.snapshot()) queue.push({ type: "unit", unit });
    }
    this.#queues.add(queue);
    return {
      get droppedUnits() {
        return queue.droppedUnits;
      },
      close: () => {
        this.#queues.delete(queue);
        queue.close();
      },
      [Symbol.asyncIterator]: () => queue,
    };
  }

  /** Subscribers get what waits for them, then the end of their iteration. */
  finish(how: "ended" | "suspended"): void {
    this.detach();
    if (how === "ended") this.#broadcast({ type: "ended" });
    for (const queue of this.#queues) queue.end();
    this.#queues.clear();
  }

  #ready(frameRate: FrameRate | undefined, restart: boolean): void {
    const first = !this.#announced;
    this.#frameRate = frameRate;
    if (!restart) {
      this.#broadcast({ type: "tracks", tracks: this.#tracks, restart, frameRate });
      return;
    }
    this.#announced = true;
    this.#awaitsKeyframe = this.#tracks.video !== undefined;
    this.#gop.clear();
    this.#broadcast({ type: "tracks", tracks: this.#tracks, restart: true, frameRate });
    if (first && this.#request !== undefined) this.deps.onFirstMedia(this.#request);
  }

  #spread(unit: Unit): void {
    this.#end90k = Math.max(this.#end90k, unit.dts90k + 1);
    this.#stats.add(unit);
    if (unit.kind === "video" && this.#awaitsKeyframe) {
      if (!unit.keyframe) return;
      this.#awaitsKeyframe = false;
    }
    this.#gop.add(unit, this.#tracks.video !== undefined);
    this.#broadcast({ type: "unit", unit });
  }

  #broadcast(event: StreamEvent): void {
    for (const queue of this.#queues) queue.push(event);
  }
}

/** Sound that shows up beside a picture, a new claim about it or its new size on another line break nothing: the GOP goes on. */
function breaks(before: TrackSet, after: TrackSet): boolean {
  if (before.video === undefined || after.video === undefined) return true;
  if (!adapts(before.video, after.video) && !sameConfig(before.video, after.video)) return true;
  return before.audio !== undefined && !sameConfig(before.audio, after.audio);
}

function sameConfig(a: VideoTrack | AudioTrack, b: VideoTrack | AudioTrack | undefined): boolean {
  return b !== undefined && a.codec === b.codec && Buffer.compare(a.config, b.config) === 0;
}
