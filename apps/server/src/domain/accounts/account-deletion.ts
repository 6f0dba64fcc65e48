import type { ChannelId, StreamId, UserId } from "@footlight/shared";
import type { BlobStore } from "../../platform/blob/blob-store.ts";
import type { Logger } from "../../platform/logger.ts";
import type { Channel } from "../channels/channel.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { Stream } from "../streams/stream.ts";
import type { Account } from "./account.ts";
import type { AuthGateway } from "./auth.ts";
import type { Passwords } from "./passwords.ts";

export interface AccountDeletionDeps {
  readonly auth: Pick<AuthGateway, "signOutEverywhere">;
  readonly passwords: Pick<Passwords, "confirm">;
  readonly users: {
    count(): Promise<number>;
    operatorCount(): Promise<number>;
    delete(userId: UserId): Promise<void>;
  };
  readonly channels: { of(account: Account): Promise<Channel> };
  readonly streams: {
    openOf(channelId: ChannelId): Promise<Stream | undefined>;
    idsOf(channelId: ChannelId): Promise<StreamId[]>;
  };
  readonly endNow: (stream: Stream) => Promise<void>;
  readonly avatars: { discard(hash: string | null): Promise<void> };
  readonly blobs: Pick<BlobStore, "deletePrefix">;
  readonly logger: Logger;
}

/** An account goes with its channel, its key, its running stream and everything stored of its streams. */
export class AccountDeletion {
  constructor(private readonly deps: AccountDeletionDeps) {}

  async delete(
    account: Account,
    password: string,
  ): Promise<{ readonly kind: "deleted" } | Refusal<"invalid_credentials" | "rate_limited" | "forbidden">> {
    const confirmed = await this.deps.passwords.confirm(account, password);
    if (confirmed.kind === "refused") return confirmed;
    if (await this.#leavesNoOperator(account)) return refuse("forbidden");

    const channel = await this.deps.channels.of(account);
    const open = await this.deps.streams.openOf(channel.channelId);
    if (open !== undefined) await this.deps.endNow(open);
    const streamIds = await this.deps.streams.idsOf(channel.channelId);
    await this.deps.users.delete(account.userId);
    // Its sessions are gone with it; who holds one open is to know.
    await this.deps.auth.signOutEverywhere(account.userId);
    this.deps.logger.info({ userId: account.userId }, "account deleted");
    await this.#discardMedia(streamIds, channel.avatarHash);
    return { kind: "deleted" };
  }

  /** Others would be left with a server that nobody runs, and the next sign-up would not mend it. */
  async #leavesNoOperator(account: Account): Promise<boolean> {
    if (!account.operator || (await this.deps.users.operatorCount()) > 1) return false;
    return (await this.deps.users.count()) > 1;
  }

  /** The account is gone whatever happens here. */
  async #discardMedia(streamIds: readonly StreamId[], avatarHash: string | null): Promise<void> {
    try {
      await this.deps.avatars.discard(avatarHash);
      for (const streamId of streamIds) await this.deps.blobs.deletePrefix(`streams/${streamId}/`);
    } catch (error) {
      this.deps.logger.error({ err: error }, "media of a deleted account could not all be deleted");
    }
  }
}
