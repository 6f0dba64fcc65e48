import { z } from "zod";
import { PUBLISH_REFUSALS } from "../errors/codes.ts";
import { ChannelId, StreamId, UserId, Username } from "../model/ids.ts";
import { Category, LatencyMode, LIMITS, Line, Prose, StreamStatus, Tags, Title } from "../model/stream.ts";
import { Audience, ViewerId } from "./beacon.ts";
import { PlaybackAnswer } from "./rest.ts";

/**
 * What our own apps exchange with the server over tRPC (`/trpc`), camelCase. Times are ISO 8601
 * strings in UTC. The procedures that use each shape are named above it.
 */

/** `server.info` */
export const ServerInfo = z.object({
  version: z.string(),
  registration: z.enum(["open", "invited", "closed"]),
  /** True until the first account (the operator's) exists. */
  needsOperator: z.boolean(),
  /** A forgotten password can be reset by mail. */
  mail: z.boolean(),
});
export type ServerInfo = z.infer<typeof ServerInfo>;

/** `account.me` (null when signed out), `account.signUp`, `account.signIn` */
export const Me = z.object({
  userId: UserId,
  username: Username,
  displayName: z.string(),
  email: z.string(),
  avatar: z.string().nullable(),
  operator: z.boolean(),
});
export type Me = z.infer<typeof Me>;

/** A live or recent stream in a list: `streams.list`, `streams.search`, `follows.list` */
export const StreamCard = z.object({
  streamId: StreamId,
  status: StreamStatus,
  title: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  username: Username,
  displayName: z.string(),
  avatar: z.string().nullable(),
  viewerCount: z.int(),
  startedAt: z.string().nullable(),
  /** Fresh at most 10 s; null until the first picture. */
  thumbnail: z.string().nullable(),
});
export type StreamCard = z.infer<typeof StreamCard>;

export const StreamPage = z.object({ streams: z.array(StreamCard), nextCursor: z.string().nullable() });
export type StreamPage = z.infer<typeof StreamPage>;

/** `categories.list`: those with live streams first. */
export const CategoryCount = z.object({ name: z.string(), liveStreams: z.int() });

/** `channels.get({username})`: the public page of a channel. */
export const ChannelPage = z.object({
  channelId: ChannelId,
  username: Username,
  displayName: z.string(),
  avatar: z.string().nullable(),
  bio: z.string(),
  followerCount: z.int(),
  /** Null for a visitor who is not signed in, and on one's own channel. */
  following: z.boolean().nullable(),
  own: z.boolean(),
  /** Only its owner sees the stream; nobody else is even told of it. */
  rehearsal: z.boolean(),
  /** Title and so on of the running stream, else of the channel's settings. */
  title: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  /** The stream that is ready, live or interrupted, or ended less than a minute ago; or the one it carries. */
  stream: PlaybackAnswer.nullable(),
  /** Its publisher is away, and something else is sent in their place. */
  slate: z.boolean(),
  /** Whose stream this is, where the channel co-streams and shows another's; `stream` is that one then. */
  carries: z.object({ username: Username, displayName: z.string() }).nullable(),
});
export type ChannelPage = z.infer<typeof ChannelPage>;

/** `viewers.heartbeat({streamId, viewerId, quality})` every 10 s while playing. */
export const HeartbeatInput = z.object({
  streamId: StreamId,
  viewerId: ViewerId,
  /** Name of the quality that is shown; one that is made on demand goes on while somebody says so. */
  quality: z
    .string()
    .regex(/^[a-z0-9]{1,16}$/)
    .optional(),
});
export const HeartbeatAnswer = z.object({ viewerCount: z.int(), status: StreamStatus });

/** `follows.list`: channels that I follow, live ones first. */
export const FollowedChannel = z.object({
  username: Username,
  displayName: z.string(),
  avatar: z.string().nullable(),
  live: StreamCard.nullable(),
});
export type FollowedChannel = z.infer<typeof FollowedChannel>;

/** `dashboard.updateChannel` */
export const ChannelSettings = z.object({
  displayName: Line.min(1).max(LIMITS.displayName),
  bio: Prose.max(LIMITS.bio),
  title: Title,
  category: Category,
  tags: Tags,
  latencyMode: LatencyMode,
  recording: z.boolean(),
  chat: z.boolean(),
});
export type ChannelSettings = z.infer<typeof ChannelSettings>;

/** What the server sees of the publisher and makes of it; codes, the UI owns the words. */
export const Advice = z.enum([
  /** Keyframes too far apart or irregular: the top rung is re-encoded. */
  "irregular_keyframes",
  "codec_reencoded",
  "frames_missing",
  "bitrate_unsteady",
  "no_audio",
  "no_video",
  /** The transcoder fell behind; the top encoded rung was dropped. */
  "rung_dropped",
  "storage_full",
]);
export type Advice = z.infer<typeof Advice>;

export const StreamHealth = z.object({
  protocol: z.enum(["rtmp", "rtmps", "whip"]),
  encoder: z.string().nullable(),
  videoCodec: z.string().nullable(),
  audioCodec: z.string().nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  /** Measured over the last seconds. */
  fps: z.number().nullable(),
  videoBitrateBps: z.number(),
  audioBitrateBps: z.number(),
  /** Keyframe to keyframe, seconds: the newest and the longest of the last ten. */
  gopS: z.number().nullable(),
  gopMaxS: z.number().nullable(),
  /** Frames that the encoder left out or the network lost since the stream began. */
  missingFrames: z.int(),
  /** The top rung goes through untouched. */
  passthrough: z.boolean().nullable(),
  renditions: z.array(z.object({ name: z.string(), resolution: z.string(), bitrateBps: z.number() })),
  /** Encoded seconds a second of the transcoder; below 1 it falls behind. */
  transcodeSpeed: z.number().nullable(),
  advice: z.array(Advice),
});
export type StreamHealth = z.infer<typeof StreamHealth>;

/** `dashboard.get`: everything of the owner's control room but the key. */
export const Dashboard = z.object({
  username: Username,
  settings: ChannelSettings,
  followerCount: z.int(),
  ingest: z.object({
    rtmp: z.string(),
    rtmps: z.string().nullable(),
    webrtc: z.string().nullable(),
    /** RTMP for other devices of the network, where `rtmp` is of this machine alone and it is known. */
    lan: z.string().nullable(),
  }),
  stream: z
    .object({
      streamId: StreamId,
      status: StreamStatus,
      startedAt: z.string().nullable(),
      viewerCount: z.int(),
      playback: PlaybackAnswer,
    })
    .nullable(),
  health: StreamHealth.nullable(),
  /** Null while nothing is on air. */
  audience: Audience.nullable(),
  /** A publish that was refused a short while ago; `key_in_use` has a button to switch. */
  refused: z.object({ code: z.enum(PUBLISH_REFUSALS), at: z.string(), address: z.string() }).nullable(),
  /** The last stream was ended here: a retrying encoder is refused until allowed again. */
  publishBlocked: z.boolean(),
});
export type Dashboard = z.infer<typeof Dashboard>;

/** `dashboard.revealKey`, `dashboard.rotateKey`: owner only, never cached. */
export const KeyAnswer = z.object({ streamKey: z.string() });
