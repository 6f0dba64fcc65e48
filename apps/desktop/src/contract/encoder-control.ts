import { z } from "zod";

/**
 * Between main and the encoder's process (`utilityProcess`): what shall be sent and recorded, and what becomes of it.
 * Keys go this way only, and never into an event or a log.
 */
const targetId = z.string().min(1).max(64);

export const encodeSettingsSchema = z.object({
  id: z.string().min(1).max(64),
  width: z.number().int().min(16),
  height: z.number().int().min(16),
  fps: z.number().int().min(1).max(120),
  bitrateBps: z.number().int().min(50_000),
  keyframeIntervalMs: z.number().int().min(250).max(10_000),
  encoder: z.enum(["webcodecs", "libx264", "h264_nvenc", "h264_qsv", "h264_vaapi", "h264_videotoolbox"]),
  effort: z.enum(["light", "balanced", "best"]),
  bFrames: z.boolean(),
});

/** Pictures a second of an encoder in each size, at its balanced effort; absent: too slow to be tried, or not at all. */
export const probedEncoderSchema = z.object({
  name: encodeSettingsSchema.shape.encoder,
  fps720p: z.number(),
  fps360p: z.number().optional(),
  fps1080p: z.number().optional(),
});
export type ProbedEncoder = z.infer<typeof probedEncoderSchema>;

export const rtmpTargetSchema = z.object({
  id: targetId,
  name: z.string(),
  /** rtmp:// or rtmps://host[:port]/app, without the key. */
  url: z.string(),
  key: z.string(),
  encode: encodeSettingsSchema,
  audioBitrateBps: z.number().int().min(32_000).max(512_000),
  /** How long the server keeps the stream for us; reconnects go on for as long. */
  graceMs: z.number().int().min(0),
  /**
   * Where what a broken line kept back is sent afterwards (contracts/backfill.ts): `…/api/v1/streams/{id}/backfill`
   * of a Footlight server, the account's token, and the folder it lies in until then. Absent: nothing is kept.
   */
  backfill: z.object({ url: z.string(), token: z.string(), folder: z.string() }).optional(),
});
export type RtmpTarget = z.infer<typeof rtmpTargetSchema>;

export const recordingSchema = z.object({
  path: z.string(),
  container: z.enum(["mp4", "mkv"]),
  encode: encodeSettingsSchema,
  audioBitrateBps: z.number().int(),
  tracks: z.array(z.number().int().min(1).max(6)).min(1),
});
export type RecordingOrder = z.infer<typeof recordingSchema>;

/** Letters of a marker's name. */
export const MARKER_NAME = 60;

export const toEncoderSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("start-target"), target: rtmpTargetSchema }),
  z.object({ kind: z.literal("stop-target"), id: targetId }),
  z.object({ kind: z.literal("start-recording"), recording: recordingSchema }),
  z.object({ kind: z.literal("pause-recording"), paused: z.boolean() }),
  z.object({ kind: z.literal("split-recording") }),
  z.object({ kind: z.literal("stop-recording") }),
  /** A marker here and now; one of the same id is named anew. */
  z.object({
    kind: z.literal("mark-recording"),
    id: z.number().int().min(0),
    name: z.string().max(MARKER_NAME),
  }),
  /** The last seconds are kept in memory, as encoded for this; 0 s ends it. */
  z.object({
    kind: z.literal("replay-buffer"),
    seconds: z.number().min(0).max(600),
    encode: encodeSettingsSchema,
  }),
  z.object({ kind: z.literal("save-replay"), path: z.string() }),
  /** A recording as a plain MP4, nothing encoded again. */
  z.object({ kind: z.literal("remux"), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal("probe") }),
  /** What an encoder that died had kept for this server (its base address) is sent from the folder it left it in. */
  z.object({
    kind: z.literal("recover-backfill"),
    server: z.string(),
    token: z.string(),
    folder: z.string(),
  }),
  /** The machine has slept: connections are made anew at once, and the server's clock is asked for. */
  z.object({ kind: z.literal("woken") }),
]);
export type ToEncoder = z.infer<typeof toEncoderSchema>;

/** Why a target is where it is; the window has the words. */
export const targetStateSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("connecting"), attempt: z.number().int() }),
  z.object({ state: z.literal("live"), sinceMs: z.number(), degraded: z.boolean() }),
  z.object({
    state: z.literal("reconnecting"),
    attempt: z.number().int(),
    retryAtMs: z.number(),
    cause: z.string(),
  }),
  z.object({
    state: z.literal("refused"),
    code: z.enum(["bad_key", "key_in_use", "rejected"]),
    description: z.string(),
  }),
  z.object({ state: z.literal("failed"), cause: z.string() }),
  z.object({ state: z.literal("stopped") }),
]);
export type TargetState = z.infer<typeof targetStateSchema>;

export const fromEncoderSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("target"), id: targetId, state: targetStateSchema }),
  /** Once a second while anything runs; counters since the target or recording began. */
  z.object({
    kind: z.literal("figures"),
    targets: z.array(
      z.object({
        id: targetId,
        bitrateBps: z.number(),
        sentBytes: z.number(),
        frames: z.number(),
        /** Left out because the line was too slow. */
        droppedNetwork: z.number(),
        queuedMs: z.number(),
      }),
    ),
    encodes: z.array(
      z.object({
        id: z.string(),
        frames: z.number(),
        droppedRender: z.number(),
        droppedEncode: z.number(),
        bitrateBps: z.number(),
      }),
    ),
    recording: z
      .object({
        path: z.string(),
        bytes: z.number(),
        durationMs: z.number(),
        paused: z.boolean(),
        /** Until the disk is full at this rate, as far as known. */
        leftMs: z.number().optional(),
      })
      .nullable(),
  }),
  z.object({
    kind: z.literal("recording"),
    state: z.enum(["started", "paused", "resumed", "split", "saved", "failed"]),
    path: z.string(),
    /** `disk_full`, `disk_slow`, or the system's word; what was recorded until then is whole. */
    cause: z.string().optional(),
  }),
  /** A marker is in that file, at a time of the file's; null: in none. */
  z.object({
    kind: z.literal("marker"),
    id: z.number().int(),
    path: z.string().nullable(),
    timeMs: z.number(),
  }),
  z.object({
    kind: z.literal("remux"),
    state: z.enum(["running", "done", "failed"]),
    from: z.string(),
    to: z.string(),
    /** 0 to 1. */
    progress: z.number(),
    cause: z.string().optional(),
  }),
  z.object({
    kind: z.literal("replay"),
    state: z.enum(["saved", "failed"]),
    path: z.string(),
    cause: z.string().optional(),
  }),
  /** Encoders that a trial encode has shown to work, quickest first. */
  z.object({
    kind: z.literal("encoders"),
    encoders: z.array(probedEncoderSchema),
  }),
  /** What a target's server lacks, while it is kept here and sent afterwards; also after the target has stopped. */
  z.object({
    kind: z.literal("backfill"),
    id: targetId,
    state: z.enum(["keeping", "sending", "done", "failed"]),
    /** Pictures: kept so far, or lacking when it was asked. */
    frames: z.number(),
    sent: z.number(),
    /** On the disk, and how long sending it will take at the rate so far, once that is known. */
    bytesLeft: z.number(),
    leftMs: z.number().optional(),
    cause: z.string().optional(),
  }),
  /**
   * Areas: `encoder` and `sound-encoder` (ffmpeg ended, it is started again), `encoder-hopeless` (the
   * one named never worked; libx264 takes its place), `disk-low` (cause: minutes left), `spool` (what the server lacks cannot be kept),
   * `order` (not understood), `sink`.
   */
  z.object({ kind: z.literal("fault"), area: z.string(), cause: z.string() }),
  /** Whether sound is encoded, where somebody wants it: false when several tries have given nothing. */
  z.object({ kind: z.literal("sound"), works: z.boolean() }),
]);
export type FromEncoder = z.infer<typeof fromEncoderSchema>;

/**
 * How the encoder's process is spoken to: each message of `process.parentPort` is a ToEncoder, or this one, which
 * brings the media port (contract/media-port.ts) in `event.ports[0]`. It comes anew after a crash of the engine, and
 * takes the place of the one before: encodes are then asked for again on it. After a crash of this process main sends
 * again what shall run.
 */
export const MEDIA_PORT_NOTICE = { kind: "media-port" } as const;
