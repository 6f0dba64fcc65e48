import type { ChannelId, StreamId } from "@footlight/shared";
import type { Logger } from "../../platform/logger.ts";
import type { StreamKey } from "../../stream/stream-key.ts";
import type { LiveControl } from "../streams/live-control.ts";
import type { Stream } from "../streams/stream.ts";

/** A new key makes the old one worthless at once, also for the encoder that holds it now. */
export class KeyRotation {
  constructor(
    private readonly deps: {
      readonly keys: { renew(channelId: ChannelId): Promise<StreamKey> };
      readonly streams: { openOf(channelId: ChannelId): Promise<Pick<Stream, "streamId"> | undefined> };
      readonly live: Pick<LiveControl, "revoke">;
      readonly logger: Logger;
    },
  ) {}

  async rotate(channelId: ChannelId): Promise<StreamKey> {
    const key = await this.deps.keys.renew(channelId);
    const streamId: StreamId | undefined = (await this.deps.streams.openOf(channelId))?.streamId;
    // Whatever state the stream is written down in: the hub knows whether somebody publishes.
    if (streamId !== undefined) this.deps.live.revoke(streamId, "key_rotated");
    this.deps.logger.info({ channelId }, "stream key rotated");
    return key;
  }
}
