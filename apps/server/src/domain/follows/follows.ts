import type { ChannelId, UserId, Username } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Channel } from "../channels/channel.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { Stream } from "../streams/stream.ts";

const LIST_LIMIT = 1000;

export interface Followed {
  readonly username: Username;
  readonly displayName: string;
  readonly avatarHash: string | null;
  readonly live: Stream | undefined;
}

export class Follows {
  constructor(
    private readonly deps: {
      readonly follows: {
        add(userId: UserId, channelId: ChannelId, now: Date): Promise<void>;
        remove(userId: UserId, channelId: ChannelId): Promise<void>;
        has(userId: UserId, channelId: ChannelId): Promise<boolean>;
        countOf(channelId: ChannelId): Promise<number>;
        channelsOf(
          userId: UserId,
          limit: number,
        ): Promise<(Omit<Followed, "live"> & { readonly channelId: ChannelId })[]>;
      };
      readonly streams: { followedBy(userId: UserId): Promise<Stream[]> };
      readonly clock: Pick<Clock, "nowMs">;
    },
  ) {}

  /** Following twice is following once; nobody follows themselves. */
  async follow(userId: UserId, channel: Channel): Promise<{ readonly kind: "done" } | Refusal<"forbidden">> {
    if (channel.userId === userId) return refuse("forbidden");
    await this.deps.follows.add(userId, channel.channelId, new Date(this.deps.clock.nowMs()));
    return { kind: "done" };
  }

  async unfollow(userId: UserId, channelId: ChannelId): Promise<void> {
    await this.deps.follows.remove(userId, channelId);
  }

  async isFollowing(userId: UserId, channelId: ChannelId): Promise<boolean> {
    return await this.deps.follows.has(userId, channelId);
  }

  async followers(channelId: ChannelId): Promise<number> {
    return await this.deps.follows.countOf(channelId);
  }

  /** Live ones first (most watched before), then by name. */
  async list(userId: UserId): Promise<Followed[]> {
    const [channels, streams] = await Promise.all([
      this.deps.follows.channelsOf(userId, LIST_LIMIT),
      this.deps.streams.followedBy(userId),
    ]);
    const live = new Map(streams.map((stream) => [stream.channelId, stream]));
    return channels
      .map(({ channelId, ...channel }) => ({ ...channel, live: live.get(channelId) }))
      .sort((a, b) => (b.live?.viewerCount ?? -1) - (a.live?.viewerCount ?? -1));
  }
}
