import { z } from "zod";
import { obsItemSchema } from "./obs/obs-file.ts";

/**
 * A scene collection as it lies on the disk and as every process of the studio knows it: one readable JSON
 * document. Main owns it; the window sends commands, the engine is given the whole after each change.
 */
export const DOCUMENT_VERSION = 1;

const id = z.string().min(1).max(64);
const name = z.string().min(1).max(120);
const unit = z.number().min(0).max(1);
const colour = z.string().regex(/^#[0-9a-f]{6}([0-9a-f]{2})?$/i);
const path = z.string().max(4096);

/** Sizes and places are canvas pixels; x and y are the item's centre, so that turning moves nothing. */
export const transformSchema = z.object({
  x: z.number(),
  y: z.number(),
  /** Before turning. */
  width: z.number().min(1).max(16_384),
  height: z.number().min(1).max(16_384),
  /** Clockwise. */
  rotationDeg: z.number().min(-360).max(360).default(0),
  flipX: z.boolean().default(false),
  flipY: z.boolean().default(false),
  /** Parts of the source cut off at each side. */
  crop: z
    .object({ left: unit, top: unit, right: unit, bottom: unit })
    .default({ left: 0, top: 0, right: 0, bottom: 0 }),
  opacity: unit.default(1),
  blend: z.enum(["normal", "add", "multiply", "screen", "darken", "lighten"]).default("normal"),
});
export type Transform = z.infer<typeof transformSchema>;

/** A name only where somebody gave one: else it is called what it does. */
const filter = { id, enabled: z.boolean(), name: name.optional() };

export const filterSchema = z.discriminatedUnion("kind", [
  z.object({
    ...filter,
    kind: z.literal("chroma-key"),
    colour,
    similarity: unit,
    smoothness: unit,
  }),
  z.object({
    ...filter,
    kind: z.literal("colour"),
    brightness: z.number().min(-1).max(1),
    contrast: z.number().min(-1).max(1),
    saturation: z.number().min(-1).max(1),
    hueDeg: z.number().min(-180).max(180),
  }),
  z.object({ ...filter, kind: z.literal("blur"), radiusPx: z.number().min(0).max(100) }),
  z.object({ ...filter, kind: z.literal("mask"), path }),
  z.object({ ...filter, kind: z.literal("lut"), path, amount: unit }),
]);
export type Filter = z.infer<typeof filterSchema>;

export const soundFilterSchema = z.discriminatedUnion("kind", [
  z.object({ ...filter, kind: z.literal("gain"), gainDb: z.number().min(-30).max(30) }),
  z.object({ ...filter, kind: z.literal("noise-suppression") }),
  z.object({
    ...filter,
    kind: z.literal("gate"),
    openDb: z.number(),
    closeDb: z.number(),
    attackMs: z.number(),
    holdMs: z.number(),
    releaseMs: z.number(),
  }),
  z.object({
    ...filter,
    kind: z.literal("compressor"),
    thresholdDb: z.number(),
    ratio: z.number().min(1).max(32),
    attackMs: z.number(),
    releaseMs: z.number(),
    makeUpDb: z.number(),
  }),
  z.object({
    ...filter,
    kind: z.literal("limiter"),
    thresholdDb: z.number(),
    releaseMs: z.number(),
  }),
]);
export type SoundFilter = z.infer<typeof soundFilterSchema>;

/** What the mixer knows of a source that has sound. */
export const soundSchema = z.object({
  /** Fader; −∞ is written as −96. */
  volumeDb: z.number().min(-96).max(26).default(0),
  muted: z.boolean().default(false),
  /** Its talk key, while held: lets it be heard (`push`), or silences it (`cough`). */
  talkKey: z.enum(["none", "push", "cough"]).default("none"),
  solo: z.boolean().default(false),
  /** To the streamer's own ears: not, only there, or there too. */
  monitor: z.enum(["off", "only", "also"]).default("off"),
  /** −1 left … 1 right. */
  pan: z.number().min(-1).max(1).default(0),
  mono: z.boolean().default(false),
  /** Sound is held back by this much, to meet a later picture; to hurry it would mean to hold back all else. */
  offsetMs: z
    .number()
    .max(20_000)
    .overwrite((ms) => Math.max(0, ms))
    .default(0),
  /** Recording tracks 1 to 6 that carry it; the stream carries track 1. */
  tracks: z.array(z.number().int().min(1).max(6)).default([1]),
  filters: z.array(soundFilterSchema).max(16).default([]),
});
export type SoundSettings = z.infer<typeof soundSchema>;

const kinds = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("colour"), colour }),
  /** Bars, a turning hand and a running clock: what a fresh profile shows where nothing can be captured. */
  z.object({ kind: z.literal("test-picture") }),
  z.object({ kind: z.literal("display"), displayId: z.string() }),
  z.object({ kind: z.literal("window"), windowId: z.string(), title: z.string().default("") }),
  z.object({
    kind: z.literal("camera"),
    deviceId: z.string(),
    width: z.number().int().optional(),
    height: z.number().int().optional(),
    fps: z.number().optional(),
  }),
  z.object({ kind: z.literal("microphone"), deviceId: z.string() }),
  z.object({ kind: z.literal("desktop-audio") }),
  z.object({ kind: z.literal("image"), path }),
  z.object({
    kind: z.literal("slideshow"),
    paths: z.array(path).max(500),
    everyMs: z.number().min(200),
    fadeMs: z.number().min(0),
    shuffle: z.boolean().default(false),
  }),
  z.object({
    kind: z.literal("text"),
    text: z.string().max(10_000),
    font: z.string().max(200).default("Inter"),
    sizePx: z.number().min(4).max(2000).default(64),
    weight: z.number().min(100).max(900).default(600),
    colour: colour.default("#ffffff"),
    background: colour.default("#00000000"),
    align: z.enum(["left", "centre", "right"]).default("left"),
  }),
  z.object({ kind: z.literal("video"), path, loop: z.boolean().default(true) }),
  z.object({
    kind: z.literal("browser"),
    /** http, https or file. */
    url: z.string().max(8000),
    width: z.number().int().min(16).max(4096),
    height: z.number().int().min(16).max(4096),
    fps: z.number().int().min(1).max(60).default(30),
    css: z.string().max(100_000).default(""),
    /** Loaded anew each time that it comes into view, and costs nothing between. */
    closeWhenHidden: z.boolean().default(false),
  }),
  /** Whoever sits there on the stage (contract/stage.ts). */
  z.object({
    kind: z.literal("guest"),
    seat: z.number().int().min(1).max(15),
    /** Their camera, or the screen that they share. */
    shows: z.enum(["camera", "screen"]).default("camera"),
    /** Where their name stands in the picture. */
    plate: z.enum(["none", "left", "centre"]).default("none"),
  }),
  z.object({ kind: z.literal("scene"), sceneId: id }),
]);

export const sourceSchema = z.object({
  id,
  name,
  settings: kinds,
  filters: z.array(filterSchema).max(16).default([]),
  /** Absent where a source can have no sound. */
  sound: soundSchema.optional(),
});
export type Source = z.infer<typeof sourceSchema>;
export type SourceSettings = Source["settings"];
export type SourceKind = SourceSettings["kind"];

export const itemSchema = z.object({
  id,
  sourceId: id,
  visible: z.boolean().default(true),
  locked: z.boolean().default(false),
  transform: transformSchema,
  /** As OBS has its place, which only the source's own size makes ours; until that is known, or somebody moves it. */
  unplaced: obsItemSchema.optional(),
});
export type Item = z.infer<typeof itemSchema>;

/** Items lie from the bottom to the top. */
export const sceneSchema = z.object({ id, name, items: z.array(itemSchema).max(200) });
export type Scene = z.infer<typeof sceneSchema>;

export const transitionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("cut") }),
  z.object({ kind: z.literal("fade"), durationMs: z.number().min(50).max(10_000) }),
  z.object({
    kind: z.literal("slide"),
    durationMs: z.number().min(50).max(10_000),
    from: z.enum(["left", "right", "top", "bottom"]),
  }),
  /** The cut happens under the stinger's picture, `cutAtMs` into the file. */
  z.object({ kind: z.literal("stinger"), path, cutAtMs: z.number().min(0).max(20_000) }),
]);
export type Transition = z.infer<typeof transitionSchema>;

export const documentSchema = z.object({
  version: z.literal(DOCUMENT_VERSION),
  name,
  canvas: z.object({
    width: z.number().int().min(16).max(7680).multipleOf(2),
    height: z.number().int().min(16).max(4320).multipleOf(2),
    fps: z.number().int().min(1).max(120),
  }),
  sources: z.record(id, sourceSchema),
  scenes: z.array(sceneSchema).min(1).max(200),
  /** Heard in every scene: microphone, desktop audio. */
  globalSound: z.array(id).max(16).default([]),
  programmeSceneId: id,
  /** Studio mode: what is prepared beside the programme. */
  previewSceneId: id.nullable().default(null),
  transition: transitionSchema.default({ kind: "fade", durationMs: 300 }),
  /** The panic button's scene; none: black and silent. */
  safeSceneId: id.nullable().default(null),
  /** Electron accelerators → what they do, e.g. `scene:ID`, `mute:ID`, `talk:ID`, `panic`. */
  hotkeys: z.record(z.string(), z.string()).default({}),
});
export type StudioDocument = z.infer<typeof documentSchema>;
