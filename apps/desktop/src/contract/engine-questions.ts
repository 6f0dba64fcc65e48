import { z } from "zod";

const px = z.number().int().min(8).max(4096).nullable();

/** What main asks the engine now and then; each is answered once, by null where there is nothing to say. */
export const questionSchema = z.discriminatedUnion("about", [
  /** A picture of a scene or a source, shown or not; a size that is null follows from the other one. */
  z.object({
    about: z.literal("picture"),
    of: z.object({ kind: z.enum(["scene", "source"]), id: z.string() }),
    width: px,
    height: px,
    type: z.enum(["image/png", "image/jpeg", "image/webp"]),
    /** 0 to 1; null: the browser's own. */
    quality: z.number().min(0).max(1).nullable(),
  }),
  /** A film: how it plays, after what shall be done to it. */
  z.object({
    about: z.literal("film"),
    sourceId: z.string(),
    action: z.enum(["play", "pause", "stop", "restart"]).nullable(),
    seekMs: z.object({ to: z.number(), relative: z.boolean() }).nullable(),
  }),
]);
export type Question = z.infer<typeof questionSchema>;

export const answerSchema = z
  .discriminatedUnion("about", [
    z.object({ about: z.literal("picture"), /** Without its `data:` head. */ base64: z.string() }),
    z.object({
      about: z.literal("film"),
      state: z.enum(["opening", "playing", "paused", "stopped", "ended", "error"]),
      cursorMs: z.number(),
      durationMs: z.number().nullable(),
    }),
  ])
  .nullable();
export type Answer = z.infer<typeof answerSchema>;
export type AnswerTo<Q extends Question> = Extract<NonNullable<Answer>, { about: Q["about"] }> | null;
