import type { ChannelId, ChannelSettings, UserId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Account } from "../accounts/account.ts";
import { randomText } from "../ids.ts";
import type { Channel } from "./channel.ts";

/** The channels of accounts: one each, made with the account. */
export class Channels {
  constructor(
    private readonly deps: {
      readonly channels: {
        create(channel: {
          channelId: ChannelId;
          userId: UserId;
          displayName: string;
          title: string;
          now: Date;
        }): Promise<void>;
        byUser(userId: UserId): Promise<Channel | undefined>;
        byUsername(username: string): Promise<Channel | undefined>;
        update(channelId: ChannelId, settings: ChannelSettings, now: Date): Promise<void>;
      };
      readonly clock: Pick<Clock, "nowMs">;
    },
  ) {}

  async createFor(account: Pick<Account, "userId" | "username">): Promise<void> {
    await this.deps.channels.create({
      channelId: randomText(16) as ChannelId,
      userId: account.userId,
      displayName: account.username,
      title: `${account.username}'s stream`,
      now: new Date(this.deps.clock.nowMs()),
    });
  }

  /** Makes it up for an account whose sign-up was cut off between the two. */
  async of(account: Pick<Account, "userId" | "username">): Promise<Channel> {
    const channel = await this.deps.channels.byUser(account.userId);
    if (channel !== undefined) return channel;
    await this.createFor(account);
    const made = await this.deps.channels.byUser(account.userId);
    if (made === undefined) throw new Error("a signed-in account has no channel");
    return made;
  }

  async byUsername(username: string): Promise<Channel | undefined> {
    return await this.deps.channels.byUsername(username);
  }

  async update(channelId: ChannelId, settings: ChannelSettings): Promise<void> {
    await this.deps.channels.update(channelId, settings, new Date(this.deps.clock.nowMs()));
  }
}
