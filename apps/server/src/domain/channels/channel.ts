import type { ChannelId, ChannelSettings, LatencyMode, UserId, Username } from "@footlight/shared";

/** A streamer's page and identity, as the domain knows it. */
export interface Channel {
  readonly channelId: ChannelId;
  readonly userId: UserId;
  readonly username: Username;
  readonly displayName: string;
  /** SHA-256 of the picture, hex; it lies at `/avatars/HASH.jpg`. */
  readonly avatarHash: string | null;
  readonly bio: string;
  readonly title: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly latencyMode: LatencyMode;
  readonly recording: boolean;
  readonly chat: boolean;
  /** While set, publishing is refused as `stream_ended`. */
  readonly publishBlockedAtMs: number | null;
}

export function settingsOf(channel: Channel): ChannelSettings {
  return {
    displayName: channel.displayName,
    bio: channel.bio,
    title: channel.title,
    category: channel.category,
    tags: [...channel.tags],
    latencyMode: channel.latencyMode,
    recording: channel.recording,
    chat: channel.chat,
  };
}
