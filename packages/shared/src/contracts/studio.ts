import { z } from "zod";
import { StreamId } from "../model/ids.ts";
import { Category, LatencyMode, StreamStatus, Tags, Title, Visibility } from "../model/stream.ts";

/**
 * What the studio says to the server over tRPC (`/trpc`, bearer token), beside what every app of ours may:
 * `account.*`, `categories.list`, `stage.*`, and `dashboard.get` for health, audience and delays by stage.
 * Every procedure works on the caller's own channel; none takes a stream's id.
 */

/** Part of the encoder's name (`flashVer` of RTMP's connect): who is called so gets the long grace without asking. */
export const STUDIO_ENCODER = "Footlight Studio";

export const STUDIO_LIMITS = {
  /** How long a stream waits for a studio that has lost its line. */
  graceS: 90,
  delayS: 120,
} as const;

/** `studio.start`: makes the channel's stream ready, or changes the one that is; refused while it is live. */
export const StudioStartInput = z.object({
  title: Title,
  category: Category.default(""),
  tags: Tags.default([]),
  latencyMode: LatencyMode.default("low"),
  recording: z.boolean().default(false),
  chat: z.boolean().default(true),
  visibility: Visibility.default("public"),
  /** Seconds for which the server holds everything back, from every viewer. Above 0 there is no ultra tier. */
  delayS: z.int().min(0).max(STUDIO_LIMITS.delayS).default(0),
  /** Seconds that the stream outlives its publisher's line; never less than the server's own. */
  graceS: z.int().min(0).max(STUDIO_LIMITS.graceS).default(STUDIO_LIMITS.graceS),
});
export type StudioStartInput = z.infer<typeof StudioStartInput>;

export const StudioStartAnswer = z.object({
  streamId: StreamId,
  streamKey: z.string(),
  ingest: z.object({ rtmp: z.string(), rtmps: z.string().nullable(), webrtc: z.string().nullable() }),
  /** Path of the watch page. */
  watchPath: z.string(),
});
export type StudioStartAnswer = z.infer<typeof StudioStartAnswer>;

/** `studio.stream`: the channel's stream that has not ended. */
export const StudioStream = z.object({
  streamId: StreamId,
  status: StreamStatus,
  visibility: Visibility,
  title: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  latencyMode: LatencyMode,
  delayS: z.int(),
  graceS: z.int(),
  startedAt: z.string().nullable(),
  /** Of a rehearsal always 0. */
  viewerCount: z.int(),
});
export type StudioStream = z.infer<typeof StudioStream>;

/** `studio.describe`: the words of the open stream, on air too; the channel's own stay. */
export const StudioWords = z.object({ title: Title, category: Category, tags: Tags });

/** `studio.end`: viewers still get what a delay holds back, unless it is to be cut. */
export const StudioEndInput = z.object({ cut: z.boolean().default(false) });

/** `studio.panic`: what had not been released yet and never will be. */
export const PanicAnswer = z.object({ droppedMs: z.int(), droppedUnits: z.int() });
