import { z } from "zod";
import { documentSchema } from "../model/document.ts";
import { answerSchema, questionSchema } from "./engine-questions.ts";
import { stageAnswerSchema, stageCallSchema, stageRequestSchema } from "./stage.ts";

/** Between main and the engine's hidden window, over its preload: what to compose, what to publish by WHIP. */
export const toEngineSchema = z.discriminatedUnion("kind", [
  /** After every change, whole: the engine compares by ids and keeps what stayed. */
  z.object({ kind: z.literal("document"), document: documentSchema }),
  /** Cuts to the safe scene and mutes at once, whatever runs; again: back. */
  z.object({ kind: z.literal("panic"), on: z.boolean() }),
  /** How large and how often the window shows programme and preview; width null: not at all. */
  z.object({
    kind: z.literal("monitor"),
    width: z.number().int().min(16).max(1920).nullable(),
    fps: z.number().min(1).max(60),
    /** Whether the list of scenes is seen. */
    thumbnails: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal("start-whip"),
    id: z.string(),
    url: z.string(),
    key: z.string(),
    width: z.number(),
    height: z.number(),
    fps: z.number(),
    bitrateBps: z.number(),
    keyframeIntervalMs: z.number(),
  }),
  z.object({ kind: z.literal("stop-whip"), id: z.string() }),
  /** The machine has slept: connections are made anew at once. */
  z.object({ kind: z.literal("woken") }),
  /** Where guests come from; null: from nowhere. */
  z.object({ kind: z.literal("stage"), stage: stageCallSchema.nullable() }),
  stageAnswerSchema.extend({ kind: z.literal("stage-answer") }),
  /** Another window of the account loses its place on the stage. */
  z.object({ kind: z.literal("stage-take-over") }),
  /** The answer to `find-window`; null: there is none now. */
  z.object({ kind: z.literal("window"), id: z.string(), windowId: z.string().nullable() }),
  z.object({ kind: z.literal("question"), id: z.string(), question: questionSchema }),
  z.object({ kind: z.literal("push-to-talk"), sourceId: z.string(), on: z.boolean() }),
]);
export type ToEngineControl = z.infer<typeof toEngineSchema>;

export const sourceStateSchema = z.object({
  state: z.enum(["starting", "live", "ended", "failed"]),
  /** Natural size, once known. */
  width: z.number().optional(),
  height: z.number().optional(),
  code: z
    .enum(["no_permission", "no_device", "unplugged", "not_found", "unreadable", "unreachable", "crashed"])
    .optional(),
});
export type SourceState = z.infer<typeof sourceStateSchema>;

/** Peak, and momentary loudness in LUFS. */
export const levelSchema = z.object({ id: z.string(), peakDb: z.number(), lufs: z.number() });

export const fromEngineSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready"), compositor: z.enum(["canvas2d", "webgl2"]) }),
  /** One a second. */
  z.object({
    kind: z.literal("figures"),
    fps: z.number(),
    renderMs: z.number(),
    /** Since it was started. */
    rendered: z.number(),
    droppedRender: z.number(),
    /** Frames are wanted, and the time of none of them came. */
    stands: z.boolean(),
  }),
  sourceStateSchema.extend({ kind: z.literal("source"), id: z.string() }),
  z.object({ kind: z.literal("answer"), id: z.string(), answer: answerSchema }),
  /** Which window a source means now. */
  z.object({ kind: z.literal("find-window"), id: z.string() }),
  /** Whether a web page is seen anywhere; its port follows where it has to be opened (page-port.ts). */
  z.object({ kind: z.literal("page"), id: z.string(), wanted: z.boolean() }),
  /** Of each source and of the mix ("programme"), ten a second. */
  z.object({
    kind: z.literal("levels"),
    levels: z.array(levelSchema),
  }),
  stageRequestSchema.extend({ kind: z.literal("stage-request") }),
  /** Why the stage's media do not come about; null: they do. */
  z.object({ kind: z.literal("stage-trouble"), code: z.string().nullable() }),
  z.object({
    kind: z.literal("whip"),
    id: z.string(),
    state: z.enum(["connecting", "live", "reconnecting", "refused", "failed", "stopped"]),
    cause: z.string().optional(),
    /** Of a refusal. */
    code: z.enum(["bad_key", "key_in_use", "rejected"]).optional(),
    /** Tries since there was a connection, and when the next one is. */
    attempt: z.number().int().optional(),
    retryInMs: z.number().optional(),
  }),
  z.object({
    kind: z.literal("whip-figures"),
    id: z.string(),
    /** Once a second, also without a connection; counters over all connections since it was started. */
    bitrateBps: z.number(),
    sentBytes: z.number(),
    frames: z.number(),
    /** Pictures left out because the line was too slow or not there. */
    dropped: z.number(),
    /** Packets. */
    lost: z.number(),
    /** What waits in front of the line. */
    queuedMs: z.number(),
    rttMs: z.number().nullable(),
  }),
]);
export type FromEngineControl = z.infer<typeof fromEngineSchema>;
