import type { ChannelId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Channel } from "../channels/channel.ts";

/** Without an attempt for so long, an ended stream's encoder has understood. */
export const BLOCK_MS = 60_000;

/**
 * After `end` the key is refused, so that a retrying encoder does not revive what was ended: until
 * the next `start`, a click in the dashboard, or a minute without attempts.
 */
export class PublishBlock {
  constructor(
    private readonly deps: {
      readonly channels: { setPublishBlocked(channelId: ChannelId, at: Date | null): Promise<void> };
      readonly clock: Pick<Clock, "nowMs">;
    },
  ) {}

  async set(channelId: ChannelId): Promise<void> {
    await this.deps.channels.setPublishBlocked(channelId, new Date(this.deps.clock.nowMs()));
  }

  async lift(channelId: ChannelId): Promise<void> {
    await this.deps.channels.setPublishBlocked(channelId, null);
  }

  isSet(channel: Channel): boolean {
    const since = channel.publishBlockedAtMs;
    return since !== null && this.deps.clock.nowMs() - since < BLOCK_MS;
  }

  /** An encoder tries: true when it is refused, and then the minute begins anew. */
  async refuses(channel: Channel): Promise<boolean> {
    if (channel.publishBlockedAtMs === null) return false;
    if (this.isSet(channel)) {
      await this.set(channel.channelId);
      return true;
    }
    await this.lift(channel.channelId);
    return false;
  }
}
