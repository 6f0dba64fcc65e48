import { z } from "zod";
import { StreamId } from "../model/ids.ts";
import { Tier } from "../model/stream.ts";

/** What a watching player tells of itself: `POST /beacons`, every 10 s. */

/** One tab that watches; made by the player, lives as long as the tab. Heartbeats carry the same. */
export const ViewerId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);

export const BEACON_LIMITS = {
  /** Larger bodies are dropped unread; an honest one has less than half of it. */
  bodyBytes: 4_096,
  samples: 6,
  /** Farther behind than this somebody has rewound, and says nothing of the tier's delay. */
  latencyMs: 120_000,
  bufferMs: 600_000,
  intervalMs: 60_000,
  frames: 60_000,
} as const;

const Milliseconds = (max: number) => z.int().min(0).max(max);

/** Sums over one interval of playing; delays and buffer as they were at its end. */
export const BeaconSample = z
  .strictObject({
    intervalMs: z.int().min(100).max(BEACON_LIMITS.intervalMs),
    /** Capture (or arrival at the server) to this screen; null where it is not known. */
    latencyMs: Milliseconds(BEACON_LIMITS.latencyMs).nullable(),
    bufferMs: Milliseconds(BEACON_LIMITS.bufferMs),
    /** For so long the picture stood for want of data. */
    stallMs: Milliseconds(BEACON_LIMITS.intervalMs),
    stalls: z.int().min(0).max(600),
    /** The rendition on the screen. */
    quality: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,32}$/)
      .nullable(),
    droppedFrames: z.int().min(0).max(BEACON_LIMITS.frames),
    totalFrames: z.int().min(0).max(BEACON_LIMITS.frames),
    /** From asking for the newest part or segment to its last byte. */
    deliveryMs: Milliseconds(60_000).nullable(),
  })
  .refine((sample) => sample.stallMs <= sample.intervalMs, { error: "stalled for longer than it played" })
  .refine((sample) => sample.droppedFrames <= sample.totalFrames, { error: "dropped more than there was" });
export type BeaconSample = z.infer<typeof BeaconSample>;

export const Beacon = z.strictObject({
  streamId: StreamId,
  viewerId: ViewerId,
  tier: Tier,
  /** Oldest first. */
  samples: z.array(BeaconSample).min(1).max(BEACON_LIMITS.samples),
});
export type Beacon = z.infer<typeof Beacon>;

/** Where the time of a frame goes, milliseconds; null for what is not measured. */
export const DelayStages = z.object({
  /** Capture to arrival at the server. */
  ingest: z.int().nullable(),
  /** Held back because its streamer wants it so; absent where nothing is. */
  held: z.int().optional(),
  /** Arrival to encoded, medians of what is encoded here. */
  transcode: z.int().nullable(),
  /** Until its part or segment is whole (half of its length on average) and can be fetched. */
  packaging: z.int().nullable(),
  /** Fetch of a part or segment. */
  delivery: z.int().nullable(),
  /** In the player, before it is shown. */
  buffer: z.int().nullable(),
});
export type DelayStages = z.infer<typeof DelayStages>;

/** In `dashboard.get`: who watches a running stream and how well, by beacons of the last 30 s. */
export const Audience = z.object({
  viewers: z.int(),
  /** Delays count from the publisher's capture clock where it sends one, else from arrival. */
  clock: z.enum(["capture", "arrival"]),
  /** Share of the playing time that pictures stood, and of frames that were dropped; null without any. */
  stallRatio: z.number().min(0).max(1).nullable(),
  droppedRatio: z.number().min(0).max(1).nullable(),
  /** Only those with viewers. */
  tiers: z.array(
    z.object({
      tier: Tier,
      viewers: z.int(),
      latencyMs: z.object({ median: z.int(), p95: z.int() }).nullable(),
      stages: DelayStages,
    }),
  ),
  /** What is on the viewers' screens: renditions of the stream, most watched first. */
  qualities: z.array(z.object({ name: z.string(), viewers: z.int() })),
});
export type Audience = z.infer<typeof Audience>;
