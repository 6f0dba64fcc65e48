import {
  type ChannelId,
  type PublishRefusal,
  STUDIO_ENCODER,
  STUDIO_LIMITS,
  type StreamId,
} from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { AdmittedStream, PublishGate, PublishRequest } from "../../stream/publish.ts";
import type { StreamKey } from "../../stream/stream-key.ts";
import type { Channel } from "../channels/channel.ts";
import { randomText } from "../ids.ts";
import type { PublishBlock } from "./publish-block.ts";
import type { PublishRefusals } from "./publish-refusals.ts";
import type { PublisherSwitch } from "./publisher-switch.ts";
import type { Rehearsals } from "./rehearsals.ts";
import { NO_START_OPTIONS, type StartOptions, type Stream, type StreamSettings } from "./stream.ts";

/** A broadcast that broke off so recently is what its encoder means to go on with. */
const SAME_BROADCAST_MS = 3_600_000;

export interface StreamGateDeps {
  readonly keys: { channelOf(key: StreamKey): Promise<ChannelId | undefined> };
  readonly channels: { byId(channelId: ChannelId): Promise<Channel | undefined> };
  readonly streams: {
    openOf(channelId: ChannelId): Promise<Stream | undefined>;
    create(
      stream: { streamId: StreamId; channelId: ChannelId; now: Date },
      settings: StreamSettings,
      options: StartOptions,
    ): Promise<boolean>;
    newestOf(channelId: ChannelId, which: { readonly publicOnly: boolean }): Promise<Stream | undefined>;
  };
  readonly rehearsals: Pick<Rehearsals, "add">;
  readonly block: Pick<PublishBlock, "refuses">;
  readonly refusals: Pick<PublishRefusals, "remember" | "forget">;
  readonly switching: Pick<PublisherSwitch, "isHeldOff">;
  /** Whether the machine carries one more stream. */
  readonly hasCapacity: () => boolean;
  readonly graceMs: number;
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
}

type Admission = Awaited<ReturnType<PublishGate["admit"]>>;

/** Lets an encoder in by its key, before anything is registered for it. */
export class StreamGate implements PublishGate {
  constructor(private readonly deps: StreamGateDeps) {}

  async admit(request: PublishRequest): Promise<Admission> {
    const { keys, channels, block, refusals, switching } = this.deps;
    const channelId = await keys.channelOf(request.key);
    const channel = channelId === undefined ? undefined : await channels.byId(channelId);
    if (channel === undefined) return { kind: "refused", code: "wrong_key" };
    if (await block.refuses(channel)) return this.#refuse(channel, request, "stream_ended");

    const open = await this.deps.streams.openOf(channel.channelId);
    const running = open !== undefined && open.status !== "ready";
    if (!running && !this.deps.hasCapacity()) return this.#refuse(channel, request, "server_full");
    if (open !== undefined && switching.isHeldOff(open.streamId, request)) {
      return { kind: "refused", code: "key_in_use" };
    }
    const stream = open ?? (await this.#create(channel));
    refusals.forget(channel.channelId);
    return { kind: "admitted", stream: admittedOf(stream, this.deps.graceMs, request.encoder) };
  }

  refused(request: PublishRequest, streamId: StreamId, code: PublishRefusal): void {
    this.deps.refusals.remember(streamId, code, request);
  }

  #refuse(channel: Channel, request: PublishRequest, code: PublishRefusal): Admission {
    this.deps.refusals.remember(channel.channelId, code, request);
    this.deps.logger.info({ channelId: channel.channelId, code }, "publish refused");
    return { kind: "refused", code };
  }

  /** A publish without a prior `start`. Of two at once one creates, and both get its stream. */
  async #create(channel: Channel): Promise<Stream> {
    const { streams, rehearsals, clock } = this.deps;
    const options = await this.#optionsFor(channel);
    for (let attempt = 0; attempt < 3; attempt++) {
      const streamId = randomText(16) as StreamId;
      if (options.visibility === "rehearsal") rehearsals.add(streamId, channel.userId);
      const created = { streamId, channelId: channel.channelId, now: new Date(clock.nowMs()) };
      await streams.create(created, channel, options);
      const open = await streams.openOf(channel.channelId);
      if (open !== undefined) return open;
    }
    throw new Error("a stream that was just created is gone");
  }

  /**
   * An encoder whose line was away for longer than the grace comes back without a `start`: what was a rehearsal,
   * or delayed, must not be seen by everybody, or at once, for that. Who ended a broadcast by hand has done with it.
   */
  async #optionsFor(channel: Channel): Promise<StartOptions> {
    const { streams, clock } = this.deps;
    if (channel.publishBlockedAtMs !== null) return NO_START_OPTIONS;
    const newest = await streams.newestOf(channel.channelId, { publicOnly: false });
    if (newest?.endedAtMs == null || clock.nowMs() - newest.endedAtMs > SAME_BROADCAST_MS)
      return NO_START_OPTIONS;
    const { visibility, delayS, graceS } = newest;
    return { visibility, delayS, graceS };
  }
}

export const isStudio = (encoder: string | undefined): boolean => encoder?.includes(STUDIO_ENCODER) === true;

/** `graceMs`: the server's own. A studio comes back to what it left for longer, and says so by its name too. */
export function admittedOf(stream: Stream, graceMs: number, encoder?: string): AdmittedStream {
  const studio = isStudio(encoder);
  const asked = studio ? STUDIO_LIMITS.graceS : stream.graceS;
  return {
    streamId: stream.streamId,
    username: stream.username,
    latencyMode: stream.latencyMode,
    recording: stream.recording,
    delayMs: stream.delayS * 1_000,
    endsWithGoodbye: studio,
    graceMs: Math.max(graceMs, Math.min(asked, STUDIO_LIMITS.graceS) * 1_000),
    epochMs: stream.epochMs ?? undefined,
  };
}
