import type { ChannelId, ChannelSettings, StreamId, UserId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { Channel } from "../channels/channel.ts";
import { randomText } from "../ids.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { LiveControl } from "./live-control.ts";
import type { PublishBlock } from "./publish-block.ts";
import type { Rehearsals } from "./rehearsals.ts";
import { NO_START_OPTIONS, type StartOptions, type Stream, type StreamSettings } from "./stream.ts";

/** An ended stream is still shown on its channel's page for so long. */
const SHOWN_AFTER_END_MS = 60_000;

export interface StreamsDeps {
  readonly streams: {
    create(
      stream: { streamId: StreamId; channelId: ChannelId; now: Date },
      settings: StreamSettings,
      options?: Partial<StartOptions>,
    ): Promise<boolean>;
    updateReady(
      streamId: StreamId,
      settings: StreamSettings,
      options?: Partial<StartOptions>,
    ): Promise<boolean>;
    setPublic(streamId: StreamId): Promise<void>;
    describe(streamId: StreamId, words: Pick<StreamSettings, "title" | "category" | "tags">): Promise<void>;
    byId(streamId: StreamId): Promise<Stream | undefined>;
    openOf(channelId: ChannelId): Promise<Stream | undefined>;
    newestOf(channelId: ChannelId, which: { readonly publicOnly: boolean }): Promise<Stream | undefined>;
    setEnded(streamId: StreamId, now: Date): Promise<void>;
  };
  readonly block: Pick<PublishBlock, "set" | "lift">;
  readonly rehearsals: Pick<Rehearsals, "add" | "remove">;
  readonly live: Pick<LiveControl, "end" | "endAfterDelay" | "cutPast">;
  readonly stages: { streamChanged(streamId: StreamId, ended: boolean): Promise<void> };
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
}

/** Broadcasts as their owners handle them: `ready → live ⇄ interrupted → ended`. */
export class Streams {
  /** Rehearsals on their way to the public. */
  readonly #opening = new Map<StreamId, Promise<boolean>>();

  constructor(private readonly deps: StreamsDeps) {}

  /** Makes the channel's stream ready, or changes the one that is; an encoder may publish from now on. */
  async start(
    channel: Channel,
    settings: StreamSettings,
    options: StartOptions = NO_START_OPTIONS,
  ): Promise<{ readonly kind: "ready"; readonly stream: Stream } | Refusal<"stream_already_live">> {
    const { streams, block, rehearsals, clock } = this.deps;
    // Twice: the stream may have been begun or ended between the look and the write.
    for (let attempt = 0; attempt < 3; attempt++) {
      const open = await streams.openOf(channel.channelId);
      if (open !== undefined && open.status !== "ready") return refuse("stream_already_live");
      const streamId = open?.streamId ?? (randomText(16) as StreamId);
      const created = { streamId, channelId: channel.channelId, now: new Date(clock.nowMs()) };
      // Nobody may see a rehearsal in the moment between.
      if (options.visibility === "rehearsal") rehearsals.add(streamId, channel.userId);
      const done = open
        ? await streams.updateReady(streamId, settings, options)
        : await streams.create(created, settings, options);
      if (!done) {
        if (open?.visibility !== "rehearsal") rehearsals.remove(streamId);
        continue;
      }
      if (options.visibility === "public") rehearsals.remove(streamId);
      await block.lift(channel.channelId);
      const stream = await streams.byId(streamId);
      if (stream !== undefined) return { kind: "ready", stream };
    }
    return refuse("stream_already_live");
  }

  async byId(streamId: StreamId): Promise<Stream | undefined> {
    return await this.deps.streams.byId(streamId);
  }

  async openOf(channelId: ChannelId): Promise<Stream | undefined> {
    return await this.deps.streams.openOf(channelId);
  }

  /** Words of the open stream; the channel's own stay. */
  async describe(
    channelId: ChannelId,
    words: Pick<StreamSettings, "title" | "category" | "tags">,
  ): Promise<{ readonly kind: "done" } | Refusal<"stream_not_live">> {
    const open = await this.deps.streams.openOf(channelId);
    if (open === undefined) return refuse("stream_not_live");
    await this.deps.streams.describe(open.streamId, words);
    return { kind: "done" };
  }

  /**
   * A rehearsal becomes a stream for everybody, without a break. What was rehearsed stays unseen: it goes
   * before anybody is let in. Of one that is public already this asks nothing. Where there is a delay, what is held
   * was captured in the rehearsal: the stream is given back as it is, and opens when all that is out.
   */
  async makePublic(
    channelId: ChannelId,
  ): Promise<{ readonly kind: "public"; readonly stream: Stream } | Refusal<"stream_not_live">> {
    const open = await this.deps.streams.openOf(channelId);
    if (open === undefined) return refuse("stream_not_live");
    if (open.visibility === "public") return { kind: "public", stream: open };
    const { streamId } = open;
    // While its encoder is away there is no moment from which on it is public.
    if (open.status === "interrupted") return refuse("stream_not_live");
    if (open.status === "ready") await this.#letIn(streamId);
    else {
      const opened = this.#opening.get(streamId) ?? this.#openSoon(streamId);
      if (open.delayS > 0) return { kind: "public", stream: open };
      if (!(await opened)) return refuse("stream_not_live");
    }
    return { kind: "public", stream: { ...open, visibility: "public" } };
  }

  /** False where no segment came in time. Never rejects. */
  #openSoon(streamId: StreamId): Promise<boolean> {
    const opened = this.deps.live
      .cutPast(streamId)
      .then(async (cut) => {
        if (cut) await this.#letIn(streamId);
        return cut;
      })
      .catch((error: unknown) => {
        this.deps.logger.error({ err: error, streamId }, "a rehearsal could not be made public");
        return false;
      })
      .finally(() => this.#opening.delete(streamId));
    this.#opening.set(streamId, opened);
    return opened;
  }

  async #letIn(streamId: StreamId): Promise<void> {
    await this.deps.streams.setPublic(streamId);
    this.deps.rehearsals.remove(streamId);
    this.deps.logger.info({ streamId }, "a rehearsal is public now");
  }

  /** What a channel's page shows: the open stream, or one that ended a moment ago. To others no rehearsal. */
  async shownOn(channelId: ChannelId, { own = false } = {}): Promise<Stream | undefined> {
    const stream = await this.deps.streams.newestOf(channelId, { publicOnly: !own });
    if (stream?.status !== "ended") return stream;
    const since = this.deps.clock.nowMs() - (stream.endedAtMs ?? 0);
    return since < SHOWN_AFTER_END_MS ? stream : undefined;
  }

  /** By its owner. Ending what has ended is fine: the caller wants it ended, and it is. */
  async end(
    userId: UserId,
    streamId: StreamId,
  ): Promise<{ readonly kind: "ended" } | Refusal<"stream_not_found" | "forbidden">> {
    const stream = await this.deps.streams.byId(streamId);
    if (stream === undefined) return refuse("stream_not_found");
    if (stream.userId !== userId) return refuse("forbidden");
    if (stream.status !== "ended") await this.endNow(stream);
    return { kind: "ended" };
  }

  /** Viewers still get what a delay holds back; nothing more comes in. */
  async endAfterDelay(stream: Stream): Promise<void> {
    await this.deps.block.set(stream.channelId);
    if (!this.deps.live.endAfterDelay(stream.streamId)) await this.endNow(stream);
  }

  async endNow(stream: Pick<Stream, "streamId" | "channelId" | "status">): Promise<void> {
    // Blocked first, so that the encoder which is cut off finds the door closed.
    await this.deps.block.set(stream.channelId);
    if (stream.status !== "ready") await this.deps.live.end(stream.streamId);
    // Its stage is found by the open stream, so it closes first.
    await this.deps.stages.streamChanged(stream.streamId, true);
    await this.deps.streams.setEnded(stream.streamId, new Date(this.deps.clock.nowMs()));
    this.deps.logger.info({ streamId: stream.streamId }, "stream ended by its owner");
  }

  /** The channel's new words reach its open stream at once; what is fixed while live stays. */
  async follow(channelId: ChannelId, settings: ChannelSettings): Promise<void> {
    const open = await this.deps.streams.openOf(channelId);
    if (open === undefined) return;
    if (open.status === "ready" && (await this.deps.streams.updateReady(open.streamId, settings))) return;
    await this.deps.streams.describe(open.streamId, settings);
  }
}
