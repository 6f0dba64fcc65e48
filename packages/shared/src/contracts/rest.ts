import { z } from "zod";
import { StreamId, UserId, Username } from "../model/ids.ts";
import { Category, LatencyMode, Line, StreamStatus, Tags, Title } from "../model/stream.ts";

/**
 * REST v1: exactly these shapes (snake_case JSON, bearer token). The server registers its routes
 * from this table and generates `/api/v1/openapi.json` from the same schemas.
 */

export const Password = z.string().min(8).max(256);
export const Email = z.email().max(254);
export const Cursor = z.string().max(512);

const Session = z.object({ user_id: UserId, username: Username, token: z.string() });

export const StreamerRef = z.object({
  user_id: UserId,
  username: Username,
  avatar: z.string().nullable(),
});

export const CreateUserBody = z.object({ username: Username, email: Email, password: Password });
/** For sign-in nothing is demanded of the shape, so that a wrong name and a wrong password answer alike. */
export const CreateSessionBody = z.object({
  username: z.string().min(1).max(254),
  password: z.string().min(1).max(256),
});
export const SessionAnswer = Session;

export const StartStreamBody = z.object({
  title: Title,
  category: Category.default(""),
  tags: Tags.default([]),
  latency_mode: LatencyMode.default("low"),
  enable_recording: z.boolean().default(false),
  enable_chat: z.boolean().default(true),
});

export const StartStreamAnswer = z.object({
  stream_id: StreamId,
  stream_key: z.string(),
  ingest_urls: z.object({
    rtmp: z.string(),
    rtmps: z.string().optional(),
    webrtc: z.string().nullable(),
  }),
  playback_url: z.string(),
  status: z.literal("ready"),
  created_at: z.iso.datetime(),
});

export const StreamAnswer = z.object({
  stream_id: StreamId,
  status: StreamStatus,
  title: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  streamer: StreamerRef,
  viewer_count: z.int().min(0),
  manifest_url: z.string(),
  started_at: z.iso.datetime().nullable(),
});

export const Quality = z.object({
  name: z.string(),
  /** Bits a second. */
  bitrate: z.int(),
  /** `WIDTHxHEIGHT`; empty for sound alone. */
  resolution: z.string(),
  fps: z.number(),
});

export const PlaybackAnswer = z.object({
  stream_id: StreamId,
  status: StreamStatus,
  title: z.string(),
  streamer: StreamerRef,
  viewer_count: z.int().min(0),
  started_at: z.iso.datetime().nullable(),
  /** Null for a tier that the stream does not offer. */
  playback_urls: z.object({
    hls: z.string().nullable(),
    ll_hls: z.string().nullable(),
    dash: z.string().nullable(),
    whep: z.string().nullable(),
  }),
  qualities: z.array(Quality),
  chat_url: z.string().nullable(),
});

const Limit = z.coerce.number().int().min(1).max(100).default(20);

export const ListStreamsQuery = z.object({
  category: Category.optional(),
  sort: z.enum(["viewer_count", "started_at"]).default("viewer_count"),
  limit: Limit,
  cursor: Cursor.optional(),
});
export const ListStreamsAnswer = z.object({
  streams: z.array(StreamAnswer),
  next_cursor: z.string().nullable(),
});

export const SearchStreamsQuery = z.object({
  q: Line.max(200).default(""),
  category: Category.optional(),
  min_viewers: z.coerce.number().int().min(0).default(0),
  limit: Limit,
  cursor: Cursor.optional(),
});
export const SearchStreamsAnswer = ListStreamsAnswer.extend({ total_results: z.int().min(0) });

export const EndStreamAnswer = z.object({ stream_id: StreamId, status: z.literal("ended") });

export const StreamParams = z.object({ id: StreamId });
