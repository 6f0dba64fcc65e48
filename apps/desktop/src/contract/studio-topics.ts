import { Advice, DelayStages, Tags, Tier } from "@footlight/shared";
import { z } from "zod";
import { commandSchema } from "../model/commands.ts";
import { documentSchema } from "../model/document.ts";
import { layoutSchema } from "../model/panels/layout.ts";
import {
  encodeSettingsSchema,
  MARKER_NAME,
  probedEncoderSchema,
  targetStateSchema,
} from "./encoder-control.ts";
import { levelSchema, sourceStateSchema } from "./engine-control.ts";
import { stageSnapshotSchema } from "./stage.ts";

/**
 * What main tells the control window: each topic is a whole snapshot, sent at once to who begins to listen and
 * again after each change. No key and no token is ever in one.
 */
const commandKind = z.enum(commandSchema.options.map((option) => option.shape.kind.value));

export const historySchema = z.object({ undo: commandKind.nullable(), redo: commandKind.nullable() });

/** Why a broadcast did not begin, or ended by itself; the window has the words. */
export const broadcastFaultSchema = z.object({
  code: z.enum([
    "no_target",
    "not_signed_in",
    "server_unreachable",
    "server_refused",
    "already_live",
    "all_targets_failed",
    "engine_down",
    "encoder_down",
  ]),
  detail: z.string(),
});

export const broadcastSchema = z.object({
  /** `interrupted`: no target takes pictures at the moment, and at least one still tries. */
  state: z.enum(["idle", "starting", "live", "interrupted", "stopping"]),
  /** Epoch ms of the first picture that a target took. */
  liveSinceMs: z.number().nullable(),
  fault: broadcastFaultSchema.nullable(),
  /** The watch page, when a Footlight server is among the targets. */
  watchUrl: z.string().nullable(),
  /** Only its owner sees it on the Footlight server, until it is made public. */
  rehearsal: z.boolean(),
  panic: z.boolean(),
});
export type BroadcastSnapshot = z.infer<typeof broadcastSchema>;

/** What a broken line kept back: kept on the disk meanwhile, sent afterwards. */
export const backfillSchema = z.object({
  state: z.enum(["keeping", "sending", "done", "failed"]),
  /** Pictures: kept so far, or lacking when it was asked; and how many of them are with the server. */
  frames: z.number(),
  sent: z.number(),
  bytesLeft: z.number(),
  /** Until all is sent, as far as known. */
  leftMs: z.number().nullable(),
  cause: z.string().nullable(),
});
export type BackfillSnapshot = z.infer<typeof backfillSchema>;

export const targetSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** `footlight`: the server that one is signed in to; it gives address and key at each start. */
  kind: z.enum(["footlight", "rtmp", "whip"]),
  enabled: z.boolean(),
  /** Without the key. */
  url: z.string(),
  hasKey: z.boolean(),
  state: targetStateSchema,
  /** While it runs; counters since it began, also across crashes. */
  figures: z
    .object({
      bitrateBps: z.number(),
      sentBytes: z.number(),
      frames: z.number(),
      droppedNetwork: z.number(),
      queuedMs: z.number(),
    })
    .nullable(),
  /** What its server lacks; null: nothing was ever kept back. It goes on after the broadcast has ended. */
  backfill: backfillSchema.nullable(),
});
export type TargetSnapshot = z.infer<typeof targetSchema>;

/** `failed`: it keeps dying and is no longer started again, until "processes.try-again". */
const processState = z.enum(["starting", "ready", "restarting", "failed"]);
export const engineSchema = z.object({
  /** The hidden window, and the encoder's process. */
  engine: processState,
  encoder: processState,
  /** An encoder that was wanted and never worked: libx264 took its place in what runs now. */
  hopelessEncoder: encodeSettingsSchema.shape.encoder.nullable(),
  /** False: what encodes sound keeps dying or is not there; pictures go on. */
  soundWorks: z.boolean(),
  compositor: z.enum(["canvas2d", "webgl2"]).nullable(),
  fps: z.number(),
  renderMs: z.number(),
  /** Pictures composed since the hidden window was started; and those whose time it missed. */
  rendered: z.number(),
  droppedRender: z.number(),
  /** Pictures are wanted, and none is made. */
  stands: z.boolean(),
  droppedEncode: z.number(),
  /** Of all the studio's processes; 100 is one core. */
  cpuPercent: z.number(),
  memoryBytes: z.number(),
  /** Where recordings go; null where that is not known. */
  diskFreeBytes: z.number().nullable(),
});
export type EngineSnapshot = z.infer<typeof engineSchema>;

export const accountSchema = z.object({
  /** The server last used, also when signed out. */
  server: z.string(),
  username: z.string().nullable(),
  /** False where the system offers no secret store: secrets then last until the studio is closed. */
  keepsSecrets: z.boolean(),
});

export const settingsSchema = z.object({
  /** First run is over. */
  welcomed: z.boolean(),
  theme: z.enum(["system", "dark", "light"]),
  stream: z.object({
    title: z.string().max(140),
    category: z.string().max(60),
    tags: Tags.default([]),
    latencyMode: z.enum(["standard", "low", "ultra-low"]),
    /** Seconds for which a Footlight server holds everything back, so that panic can still drop it. */
    delayS: z.number().int().min(0).max(120).default(0),
    /** Recorded here too, from its beginning to its end. */
    record: z.boolean().default(false),
  }),
  video: z.object({
    width: z.number().int(),
    height: z.number().int(),
    fps: z.number().int(),
    bitrateBps: z.number().int(),
    keyframeIntervalMs: z.number().int(),
    /** `auto`: the best that the probe found. */
    encoder: z.union([z.literal("auto"), encodeSettingsSchema.shape.encoder]),
    effort: encodeSettingsSchema.shape.effort,
    bFrames: z.boolean(),
  }),
  audioBitrateBps: z.number().int(),
  recording: z.object({
    folder: z.string(),
    container: z.enum(["mp4", "mkv"]),
    bitrateBps: z.number().int(),
    tracks: z.array(z.number().int().min(1).max(6)).min(1),
    /** How much the replay buffer keeps. */
    replayS: z.number().int().min(5).max(600).default(30),
  }),
  remote: z.object({ enabled: z.boolean(), port: z.number().int() }),
});
export type StudioSettings = z.infer<typeof settingsSchema>;

/** Encoders that a trial encode has shown to work; `webcodecs` is the engine's. */
export const encodersSchema = z.array(probedEncoderSchema);
export type EncodersSnapshot = z.infer<typeof encodersSchema>;

/** A test of the way to the server, while it runs. */
export const uploadTestSchema = z
  .object({ /** 0 to 1. */ progress: z.number(), /** As far as known; 0: not yet. */ bps: z.number() })
  .nullable();

export const recordingStateSchema = z.object({
  state: z.enum(["idle", "recording", "paused"]),
  path: z.string().nullable(),
  bytes: z.number(),
  durationMs: z.number(),
  /** Until the disk is full at this rate, as far as known. */
  leftMs: z.number().nullable(),
  /** Less than ten minutes are left. */
  diskLow: z.boolean(),
  /** Why the last one ended by itself. */
  fault: z.string().nullable(),
  /** The newest copy of a recording as a plain MP4 ("recording.remux"). */
  remux: z
    .object({
      state: z.enum(["running", "done", "failed"]),
      from: z.string(),
      to: z.string(),
      /** 0 to 1. */
      progress: z.number(),
      cause: z.string().nullable(),
    })
    .nullable(),
});

/** Who watches on the Footlight server, and how late; null: nothing of ours is on air there. */
export const audienceSchema = z
  .object({
    viewers: z.number(),
    /** Delays count from the camera, else from the server's door. */
    sinceCapture: z.boolean(),
    /** Only those with viewers. */
    tiers: z.array(
      z.object({
        tier: Tier,
        viewers: z.number(),
        latencyMs: z.object({ median: z.number(), p95: z.number() }).nullable(),
        stages: DelayStages,
      }),
    ),
    advice: z.array(Advice),
  })
  .nullable();

/** The last seconds, kept to be saved. */
export const replaySchema = z.object({ on: z.boolean(), saving: z.boolean() });

/** A moment to be found again, of what is on air or recorded. */
export const markerSchema = z.object({
  id: z.number().int(),
  name: z.string().max(MARKER_NAME),
  /** Since the broadcast began; null: nothing was on air. */
  onAirMs: z.number().nullable(),
  /** The chapter that it is, from the file's beginning; null: in no file, or not yet. */
  recording: z.object({ path: z.string(), timeMs: z.number() }).nullable(),
});
export type Marker = z.infer<typeof markerSchema>;

/** How the broadcast goes and, when it is over, how it went; null: there was none, or it has been put away. */
export const reportSchema = z
  .object({
    over: z.boolean(),
    title: z.string(),
    beganAtMs: z.number(),
    durationMs: z.number(),
    watchUrl: z.string().nullable(),
    /** By the Footlight server; null where none was among the targets. */
    viewers: z.object({ peak: z.number(), mean: z.number() }).nullable(),
    /** Of the target that got the most. */
    frames: z.number(),
    dropped: z.object({ render: z.number(), encode: z.number(), network: z.number() }),
    reconnects: z.number(),
    /** What the lines kept back, and how much of it is with the servers; null: nothing. */
    backfill: z
      .object({ frames: z.number(), sent: z.number(), done: z.boolean(), failed: z.boolean() })
      .nullable(),
    recordings: z.array(z.string()),
    /** Those of its time on air. */
    markers: z.array(markerSchema),
    /** As it is sent: the settings may have changed since. */
    keyframeIntervalMs: z.number(),
  })
  .nullable();
export type BroadcastReport = NonNullable<z.infer<typeof reportSchema>>;

/** Something that happened once and wants telling; numbered, so that none is told twice. */
export const newsSchema = z.object({
  number: z.number().int(),
  code: z.enum([
    "document_broken",
    "document_from_future",
    /** Detail: `disk_full`, `unwritable`, or the system's words. It is tried again by itself. */
    "document_not_saved",
    "document_saved_again",
    /** Detail: where the file is kept. */
    "settings_broken",
    "engine_restarted",
    "encoder_restarted",
    "engine_failed",
    "encoder_failed",
    /** Detail: its name. libx264 has taken its place. */
    "encoder_hopeless",
    "recording_saved",
    "recording_failed",
    "replay_saved",
    "replay_failed",
    /** By a key or the remote control; detail: its name. */
    "marker_set",
    /** Detail: whole minutes left. */
    "disk_nearly_full",
    /** Of what a broken line kept back; detail: how many pictures, or why. */
    "backfill_done",
    "backfill_failed",
    /** The disk, or our share of it, keeps no more of what the server lacks. */
    "spool_full",
    "hotkey_unavailable",
    "secrets_not_kept",
    "update_ready",
    /** Detail: the version, a space and where a person gets it. */
    "update_there",
    "invitation_opened",
    /** By the menu; detail: its name, and a line for each thing that was left out. */
    "scenes_imported",
    "scenes_unreadable",
    /** As the command line asks for it. */
    "sign_in_failed",
  ]),
  detail: z.string(),
});
export type News = z.infer<typeof newsSchema>;

/** The profile's scene collections by name; `document` is what the open one holds. */
export const collectionsSchema = z.object({
  open: z.string(),
  all: z.array(z.object({ id: z.string(), name: z.string() })),
});

export const studioTopics = {
  document: documentSchema,
  collections: collectionsSchema,
  history: historySchema,
  broadcast: broadcastSchema,
  targets: z.array(targetSchema),
  engine: engineSchema,
  /** By source id. */
  sources: z.record(z.string(), sourceStateSchema),
  /** Ten a second; `programme` is the mix. */
  levels: z.array(levelSchema),
  /** Ids of sources whose talk key is held. */
  talking: z.array(z.string()),
  account: accountSchema,
  settings: settingsSchema,
  encoders: encodersSchema,
  uploadTest: uploadTestSchema,
  recording: recordingStateSchema,
  replay: replaySchema,
  /** Of what runs, or ran last. */
  markers: z.array(markerSchema),
  report: reportSchema,
  audience: audienceSchema,
  stage: stageSnapshotSchema,
  /** Where the window's panels are. */
  layout: layoutSchema,
  /** The newest, at most 20. */
  news: z.array(newsSchema),
} as const;
export type StudioTopic = keyof typeof studioTopics;
export type TopicSnapshot<T extends StudioTopic> = z.infer<(typeof studioTopics)[T]>;
