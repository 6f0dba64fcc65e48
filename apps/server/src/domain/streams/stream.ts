import type {
  ChannelId,
  LatencyMode,
  StreamId,
  StreamStatus,
  UserId,
  Username,
  Visibility,
} from "@footlight/shared";

/** One broadcast with what a list shows of its channel. */
export interface Stream {
  readonly streamId: StreamId;
  readonly channelId: ChannelId;
  readonly userId: UserId;
  readonly username: Username;
  readonly displayName: string;
  readonly avatarHash: string | null;
  readonly status: StreamStatus;
  readonly title: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly latencyMode: LatencyMode;
  readonly recording: boolean;
  readonly chat: boolean;
  readonly visibility: Visibility;
  /** For so long everything is held back before any viewer gets it. */
  readonly delayS: number;
  /** What its publisher asked for; 0 where it did not. */
  readonly graceS: number;
  readonly epochMs: number | null;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly lastSeenAtMs: number | null;
  readonly endedAtMs: number | null;
  /** As last written down; the running count is `ViewerCounter`'s. */
  readonly viewerCount: number;
}

/** What a streamer says of a broadcast before it begins. */
export interface StreamSettings {
  readonly title: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly latencyMode: LatencyMode;
  readonly recording: boolean;
  readonly chat: boolean;
}

/** What only a `start` says; a publish without one has none of it. */
export type StartOptions = Pick<Stream, "visibility" | "delayS" | "graceS">;

export const NO_START_OPTIONS: StartOptions = { visibility: "public", delayS: 0, graceS: 0 };

/** A page of a list; `next` is where the following page begins. */
export interface Page<Item, Position> {
  readonly items: readonly Item[];
  readonly next: Position | null;
}

/** Where a page begins: after this stream in the order of the list. */
export interface StreamPosition {
  /** Viewers, or milliseconds of the start. */
  readonly value: number;
  readonly streamId: StreamId;
}

export interface StreamQuery {
  /** Words that must all occur in title, category, tags or channel. */
  readonly words: readonly string[];
  readonly category: string | undefined;
  readonly minViewers: number;
  readonly sort: "viewer_count" | "started_at";
  readonly limit: number;
  readonly after: StreamPosition | undefined;
}
