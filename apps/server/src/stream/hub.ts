import type { StreamId } from "@footlight/shared";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { DelayLine, type Dropped, type StreamFeed } from "./delay-line.ts";
import type { Spool } from "./held-units.ts";
import { Lease } from "./lease.ts";
import type { StreamLifecycle } from "./lifecycle.ts";
import { LiveStream, type PublisherView, type StreamIdentity } from "./live-stream.ts";
import type {
  AdmittedStream,
  Publisher,
  PublishGate,
  PublishRequest,
  PublishResult,
  Revocation,
  StandIn,
} from "./publish.ts";
import type { Subscription } from "./subscription.ts";
import type { UnitCounter } from "./unit.ts";

/** A publisher that has sent nothing for so long is stale: its stream may be taken over. */
const STALE_MS = 1_500;
/** What a dying connection's last packets may take to arrive after the newcomer. */
const IN_FLIGHT_MS = 250;

/** Told when a stream begins to run here, and when its end is certain. */
export interface StreamObserver {
  /** Before any subscriber exists; the stream may be `interrupted` (restored after a restart). */
  opened?(stream: StreamIdentity & { readonly epochMs: number }): void;
  /** `ended`: for good. `suspended`: the server closes, the stream may go on after its restart. */
  closed?(streamId: StreamId, how: "ended" | "suspended"): Promise<void>;
  /** Its publisher is gone, and it waits for another one. */
  interrupted?(streamId: StreamId): void;
}

type State =
  | { readonly kind: "ready"; readonly lease: Lease }
  | { readonly kind: "live"; readonly lease: Lease }
  | { readonly kind: "interrupted"; readonly timer: NodeJS.Timeout; readonly standIn: Lease | undefined }
  | { readonly kind: "ended" };

interface Entry {
  readonly media: LiveStream;
  /** The way into `media`. */
  readonly feed: StreamFeed;
  /** The same, where the stream has a delay. */
  readonly line: DelayLine | undefined;
  graceMs: number;
  state: State;
  /** Media has come, now or before a restart. A stream without is forgotten, not ended. */
  hasRun: boolean;
  /** A newcomer is waiting to see whether the publisher is stale. */
  contested: boolean;
  /** Writes to the domain, in order. */
  written: Promise<void>;
  /** Set from the moment the stream is `ended` until its consumers are done and it is forgotten. */
  ending: Promise<void> | undefined;
}

/**
 * The spine: publishers lease streams, consumers subscribe, and nobody waits for anybody.
 * Holds each running stream's state `ready → live ⇄ interrupted → ended`.
 */
export class StreamHub implements Publisher {
  readonly #entries = new Map<StreamId, Entry>();
  #closing = false;

  constructor(
    private readonly deps: {
      readonly gate: PublishGate;
      readonly lifecycle: StreamLifecycle;
      readonly observer: StreamObserver;
      readonly clock: Clock;
      readonly logger: Logger;
      /** Counts units that a slow consumer lost. */
      readonly onDropped: (consumer: string, units: number) => void;
      /** For streams with a delay; without it they are held in memory. */
      readonly spool?: Spool;
      /** Told of each numbered picture as it comes in. */
      readonly onCounted?: (streamId: StreamId, counter: UnitCounter) => void;
    },
  ) {}

  get running(): number {
    return this.#entries.size;
  }

  async publish(request: PublishRequest): Promise<PublishResult> {
    if (this.#closing) return { kind: "refused", code: "server_closing" };
    const admission = await this.deps.gate.admit(request);
    if (admission.kind === "refused") return admission;
    if (this.#closing) return { kind: "refused", code: "server_closing" };
    const { stream } = admission;
    const entry = this.#entries.get(stream.streamId) ?? this.#open(stream);
    if (holdsLease(entry.state) && !(await this.#isStale(entry))) {
      this.deps.gate.refused(request, stream.streamId, "key_in_use");
      return { kind: "refused", code: "key_in_use" };
    }
    if (this.#closing) return { kind: "refused", code: "server_closing" };
    if (entry.state.kind === "ended") {
      // Its encoder came back a moment after the grace: when the end is written, the domain says what now.
      await entry.ending;
      return this.publish(request);
    }
    return { kind: "accepted", lease: this.#grant(entry, request, stream) };
  }

  /** `offline` when the stream does not run here. */
  subscribe(streamId: StreamId, consumer: string): Subscription | "offline" {
    return this.#entries.get(streamId)?.media.subscribe(consumer) ?? "offline";
  }

  /** Of a stream that runs here, interrupted or not. */
  identity(streamId: StreamId): StreamIdentity | undefined {
    return this.#entries.get(streamId)?.media.identity;
  }

  publisher(streamId: StreamId): PublisherView | undefined {
    return this.#entries.get(streamId)?.media.publisher();
  }

  /** Somebody feeds the stream while it waits for its publisher. */
  isStoodIn(streamId: StreamId): boolean {
    const state = this.#entries.get(streamId)?.state;
    return state?.kind === "interrupted" && state.standIn !== undefined;
  }

  /**
   * The place of the publisher of an interrupted stream, while it is free: the stream stays `interrupted`, its
   * grace runs on, and whoever publishes takes the place back at once. Undefined where there is none to take.
   */
  standIn(streamId: StreamId): StandIn | undefined {
    const entry = this.#entries.get(streamId);
    if (entry === undefined || this.#closing || !entry.hasRun) return undefined;
    const { media, feed, state } = entry;
    if (state.kind !== "interrupted" || state.standIn !== undefined) return undefined;
    const lease = new Lease(
      streamId,
      feed,
      () => {
        if (entry.state.kind !== "interrupted" || entry.state.standIn !== lease) return;
        entry.state = { ...entry.state, standIn: undefined };
        feed.detach();
      },
      this.deps.clock.nowMs(),
    );
    const picture = media.picture;
    entry.state = { ...state, standIn: lease };
    feed.attach(undefined);
    return { lease, username: media.identity.username, picture };
  }

  /** A stream that ran when the server stopped waits for its publisher for what is left of its grace. */
  restore(
    stream: AdmittedStream & { readonly epochMs: number; readonly end90k: number },
    waitMs: number,
  ): void {
    const entry = this.#open(stream, stream.end90k);
    clearGrace(entry);
    entry.hasRun = true;
    entry.state = this.#interrupted(stream.streamId, waitMs);
  }

  /** Cuts the publisher off; the stream goes on as `interrupted`. */
  revoke(streamId: StreamId, reason: Revocation): void {
    const entry = this.#entries.get(streamId);
    if (entry !== undefined && holdsLease(entry.state)) entry.state.lease.revoke(reason);
  }

  /** Forgets what the stream's delay holds back; undefined where it has none. */
  panic(streamId: StreamId): Dropped | undefined {
    const dropped = this.#entries.get(streamId)?.line?.drop();
    if (dropped !== undefined) this.#log(streamId).warn(dropped, "what was held back is dropped");
    return dropped;
  }

  /** Cuts the publisher off, lets out what the stream's delay holds, and ends it then. */
  endAfterDelay(streamId: StreamId): void {
    const entry = this.#entries.get(streamId);
    if (entry === undefined || entry.state.kind === "ended") return;
    feeding(entry.state)?.revoke("ended");
    clearGrace(entry);
    entry.state = this.#interrupted(streamId, 0);
  }

  /** Ends a stream for good; resolves when it is written down and its consumers are done. */
  async end(streamId: StreamId): Promise<void> {
    const entry = this.#entries.get(streamId);
    if (entry === undefined) return;
    entry.ending ??= this.#end(entry);
    await entry.ending;
  }

  /** Publishers are cut off, running streams are left `interrupted`, their consumers finish what they have. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await Promise.all([...this.#entries.values()].map((entry) => entry.ending ?? this.#suspend(entry)));
    this.#entries.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #open(stream: AdmittedStream, end90k = 0): Entry {
    const { streamId, username, latencyMode, recording, delayMs = 0 } = stream;
    const identity: StreamIdentity = { streamId, username, latencyMode, recording, delayMs };
    const epochMs = stream.epochMs ?? this.deps.clock.nowMs();
    const log = this.deps.logger.child({ stream: streamId });
    let lastWarnedMs = 0;
    const media = new LiveStream(
      identity,
      epochMs,
      {
        clock: this.deps.clock,
        onFirstMedia: (request) => this.#firstMedia(streamId, request),
        onOverrun: (consumer, dropped) => {
          this.deps.onDropped(consumer, dropped);
          const nowMs = this.deps.clock.monotonicMs();
          if (nowMs - lastWarnedMs < 1_000) return;
          lastWarnedMs = nowMs;
          log.warn({ consumer, dropped }, "a consumer is too slow: dropped to the next keyframe");
        },
      },
      end90k,
    );
    const { clock, spool } = this.deps;
    const line =
      delayMs > 0 ? new DelayLine(media, { delayMs, name: streamId, spool, clock, logger: log }) : undefined;
    const entry: Entry = {
      media,
      feed: line ?? media,
      line,
      graceMs: stream.graceMs,
      state: { kind: "ended" },
      hasRun: false,
      contested: false,
      written: Promise.resolve(),
      ending: undefined,
    };
    entry.state = this.#interrupted(streamId, stream.graceMs);
    this.#entries.set(streamId, entry);
    this.deps.observer.opened?.({ ...identity, epochMs });
    return entry;
  }

  async #end(entry: Entry): Promise<void> {
    const { streamId } = entry.media.identity;
    const before = entry.state;
    clearGrace(entry);
    entry.state = { kind: "ended" };
    feeding(before)?.revoke("ended");
    entry.line?.[Symbol.dispose]();
    const how = entry.hasRun ? "ended" : "suspended";
    entry.media.finish(how);
    await this.#closed(streamId, how);
    if (entry.hasRun) this.#write(entry, () => this.deps.lifecycle.ended(streamId));
    await entry.written;
    this.#entries.delete(streamId);
  }

  async #suspend(entry: Entry): Promise<void> {
    feeding(entry.state)?.revoke("server_closing");
    entry.line?.[Symbol.dispose]();
    clearGrace(entry);
    entry.media.finish("suspended");
    await this.#closed(entry.media.identity.streamId, "suspended");
    await entry.written;
  }

  /** Consumers that fail at their end must not keep the stream from its own. */
  async #closed(streamId: StreamId, how: "ended" | "suspended"): Promise<void> {
    try {
      await this.deps.observer.closed?.(streamId, how);
    } catch (error) {
      this.#log(streamId).error({ err: error, how }, "the stream's consumers failed at its end");
    }
  }

  #grant(entry: Entry, request: PublishRequest, { graceMs, endsWithGoodbye = false }: AdmittedStream): Lease {
    const { streamId } = entry.media.identity;
    feeding(entry.state)?.revoke("taken_over");
    clearGrace(entry);
    const lease = new Lease(
      streamId,
      entry.feed,
      (why) => this.#released(entry, lease, why, endsWithGoodbye && why === "unpublished" ? 0 : graceMs),
      this.deps.clock.nowMs(),
      (counter) => this.deps.onCounted?.(streamId, counter),
    );
    entry.graceMs = graceMs;
    entry.state = { kind: "ready", lease };
    entry.feed.attach(request);
    return lease;
  }

  #firstMedia(streamId: StreamId, request: PublishRequest): void {
    const entry = this.#entries.get(streamId);
    if (entry === undefined || entry.state.kind === "live" || entry.state.kind === "ended") return;
    entry.hasRun = true;
    // With a delay its publisher may have left by now: there is something to see for as long as it lasts.
    if (entry.state.kind === "ready") entry.state = { kind: "live", lease: entry.state.lease };
    this.#log(streamId).info({ protocol: request.protocol, encoder: request.encoder }, "stream is live");
    const { epochMs } = entry.media;
    this.#write(entry, () => this.deps.lifecycle.live(streamId, { epochMs, request }));
    if (entry.state.kind === "interrupted") this.#writeInterrupted(entry);
  }

  #released(entry: Entry, lease: Lease, reason: string, graceMs: number): void {
    if (!holdsLease(entry.state) || entry.state.lease !== lease) return;
    const { streamId } = entry.media.identity;
    // What a short feed left behind is shown now, and may be the stream's first media.
    entry.feed.detach();
    const wasLive = entry.state.kind === "live";
    entry.graceMs = graceMs;
    entry.state = this.#interrupted(streamId, graceMs);
    if (wasLive) {
      this.#log(streamId).info({ reason, graceMs }, "stream is interrupted");
      this.#writeInterrupted(entry);
    }
    // A newcomer who takes over has the place when this is heard.
    setImmediate(() => this.deps.observer.interrupted?.(streamId));
  }

  /** What a delay still holds is shown before the grace begins. */
  #interrupted(streamId: StreamId, graceMs: number): State {
    const waitMs = graceMs + (this.#entries.get(streamId)?.media.identity.delayMs ?? 0);
    const timer = setTimeout(() => {
      void this.end(streamId);
    }, waitMs);
    return { kind: "interrupted", timer, standIn: undefined };
  }

  /**
   * OBS and phones come back while their old connection still looks alive. It is stale when it is
   * silent for 1.5 s; one that still sends keeps the stream, else two encoders would evict each
   * other for ever.
   */
  async #isStale(entry: Entry): Promise<boolean> {
    if (entry.contested) return false;
    entry.contested = true;
    try {
      const { clock } = this.deps;
      const arrivedMs = clock.nowMs();
      while (holdsLease(entry.state)) {
        const nowMs = clock.nowMs();
        const lastMs = entry.feed.lastMediaMs;
        if (lastMs > arrivedMs + IN_FLIGHT_MS) return false;
        const silentMs = nowMs - Math.max(lastMs, entry.state.lease.grantedAtMs);
        if (silentMs >= STALE_MS) return true;
        await wait(Math.min(50, STALE_MS - silentMs));
      }
      return true;
    } finally {
      entry.contested = false;
    }
  }

  #writeInterrupted(entry: Entry): void {
    const { graceMs } = entry;
    this.#write(entry, () => this.deps.lifecycle.interrupted(entry.media.identity.streamId, { graceMs }));
  }

  #write(entry: Entry, write: () => Promise<void>): void {
    entry.written = entry.written.then(write).catch((error: unknown) => {
      this.#log(entry.media.identity.streamId).error(
        { err: error },
        "the stream's state could not be written",
      );
    });
  }

  #log(streamId: StreamId): Logger {
    return this.deps.logger.child({ stream: streamId });
  }
}

function clearGrace(entry: Entry): void {
  if (entry.state.kind === "interrupted") clearTimeout(entry.state.timer);
}

/** Whoever feeds it, in its own right or in its publisher's place. */
function feeding(state: State): Lease | undefined {
  if (state.kind === "interrupted") return state.standIn;
  return state.kind === "ended" ? undefined : state.lease;
}

type Leased = Extract<State, { lease: Lease }>;

function holdsLease(state: State): state is Leased {
  return state.kind === "ready" || state.kind === "live";
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
