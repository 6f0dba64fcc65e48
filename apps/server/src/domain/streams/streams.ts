import type { ChannelId, ChannelSettings, StreamId, UserId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { Channel } from "../channels/channel.ts";
import { randomText } from "../ids.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { LiveControl } from "./live-control.ts";
import type { PublishBlock } from "./publish-block.ts";
import type { Stream, StreamSettings } from "./stream.ts";

/** An ended stream is still shown on its channel's page for so long. */
const SHOWN_AFTER_END_MS = 60_000;

export interface StreamsDeps {
  readonly streams: {
    create(
      stream: { streamId: StreamId; channelId: ChannelId; now: Date },
      settings: StreamSettings,
    ): Promise<boolean>;
    updateReady(streamId: StreamId, settings: StreamSettings): Promise<boolean>;
    describe(streamId: StreamId, words: Pick<StreamSettings, "title" | "category" | "tags">): Promise<void>;
    byId(streamId: StreamId): Promise<Stream | undefined>;
    openOf(channelId: ChannelId): Promise<Stream | undefined>;
    newestOf(channelId: ChannelId): Promise<Stream | undefined>;
    setEnded(streamId: StreamId, now: Date): Promise<void>;
  };
  readonly block: Pick<PublishBlock, "set" | "lift">;
  readonly live: Pick<LiveControl, "end">;
  readonly stages: { streamChanged(streamId: StreamId, ended: boolean): Promise<void> };
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
}

/** Broadcasts as their owners handle them: `ready → live ⇄ interrupted → ended`. */
export class Streams {
  constructor(private readonly deps: StreamsDeps) {}

  /** Makes the channel's stream ready, or changes the one that is; an encoder may publish from now on. */
  async start(
    channel: Channel,
    settings: StreamSettings,
  ): Promise<{ readonly kind: "ready"; readonly stream: Stream } | Refusal<"stream_already_live">> {
    const { streams, block, clock } = this.deps;
    // Twice: the stream may have been begun or ended between the look and the write.
    for (let attempt = 0; attempt < 3; attempt++) {
      const open = await streams.openOf(channel.channelId);
      if (open !== undefined && open.status !== "ready") return refuse("stream_already_live");
      const streamId = open?.streamId ?? (randomText(16) as StreamId);
      const created = { streamId, channelId: channel.channelId, now: new Date(clock.nowMs()) };
      const done = open
        ? await streams.updateReady(streamId, settings)
        : await streams.create(created, settings);
      if (!done) continue;
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

  /** What a channel's page shows: the open stream, or one that ended a moment ago. */
  async shownOn(channelId: ChannelId): Promise<Stream | undefined> {
    const stream = await this.deps.streams.newestOf(channelId);
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
