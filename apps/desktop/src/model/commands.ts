import { z } from "zod";
import {
  documentSchema,
  filterSchema,
  itemSchema,
  soundSchema,
  sourceSchema,
  transformSchema,
  transitionSchema,
} from "./document.ts";

const id = z.string().min(1).max(64);
const name = z.string().trim().min(1).max(120);
const index = z.number().int().min(0);

/** Where a source that is being made shall stand; without `index` on top. */
const placeSchema = z.object({
  sceneId: id,
  item: itemSchema.omit({ sourceId: true }),
  index: index.optional(),
  /** It stays as it was placed when the source's own size becomes known. */
  isFinal: z.boolean().optional(),
});

/**
 * All that can be done to a document. Ids are made by who sends the command, so that doing it is pure and its
 * sender knows what it made. A command leaves the document whole: nothing in it points to what is gone.
 */
export const commandSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("collection-rename"), name }),
  /** With `scaleItems` everything keeps its place in the picture, else its pixels. */
  z.object({ kind: z.literal("canvas"), canvas: documentSchema.shape.canvas, scaleItems: z.boolean() }),

  /** With `copyOf` the new one shows the same sources in the same places. */
  z.object({ kind: z.literal("scene-add"), sceneId: id, name, copyOf: id.optional() }),
  z.object({ kind: z.literal("scene-remove"), sceneId: id }),
  z.object({ kind: z.literal("scene-rename"), sceneId: id, name }),
  z.object({ kind: z.literal("scene-move"), sceneId: id, index }),
  z.object({ kind: z.literal("safe-scene"), sceneId: id.nullable() }),

  z.object({ kind: z.literal("programme"), sceneId: id }),
  z.object({ kind: z.literal("preview"), sceneId: id }),
  z.object({ kind: z.literal("studio-mode"), on: z.boolean() }),
  /** Studio mode: preview and programme change places. */
  z.object({ kind: z.literal("take") }),
  z.object({ kind: z.literal("transition"), transition: transitionSchema }),

  /** Without a place it is heard in every scene. */
  z.object({ kind: z.literal("source-add"), source: sourceSchema, place: placeSchema.optional() }),
  z.object({ kind: z.literal("source-remove"), sourceId: id }),
  z.object({ kind: z.literal("source-rename"), sourceId: id, name }),
  /** A source stays of its kind. */
  z.object({ kind: z.literal("source-settings"), sourceId: id, settings: sourceSchema.shape.settings }),
  z.object({ kind: z.literal("source-filters"), sourceId: id, filters: z.array(filterSchema).max(16) }),
  z.object({ kind: z.literal("sound"), sourceId: id, change: bare(soundSchema) }),
  z.object({ kind: z.literal("global-sound"), sourceId: id, on: z.boolean() }),

  z.object({ kind: z.literal("item-add"), sceneId: id, item: itemSchema, index: index.optional() }),
  /** A source that then stands nowhere goes with its last item. */
  z.object({ kind: z.literal("items-remove"), sceneId: id, itemIds: z.array(id).min(1).max(200) }),
  z.object({ kind: z.literal("item-move"), sceneId: id, itemId: id, index }),
  z.object({
    kind: z.literal("items-transform"),
    sceneId: id,
    items: z
      .array(z.object({ itemId: id, transform: transformSchema }))
      .min(1)
      .max(200),
  }),
  z.object({ kind: z.literal("item-visible"), sceneId: id, itemId: id, visible: z.boolean() }),
  z.object({ kind: z.literal("item-locked"), sceneId: id, itemId: id, locked: z.boolean() }),

  /** One key an action: giving it another takes the old one away; null leaves it without. */
  z.object({
    kind: z.literal("hotkey"),
    action: z.string().min(1).max(200),
    accelerator: z.string().nullable(),
  }),
]);
export type Command = z.infer<typeof commandSchema>;
export type CommandKind = Command["kind"];

/** Partial without its defaults: what is not named is not changed. */
function bare(schema: typeof soundSchema) {
  const shape = schema.shape;
  return z.object({
    volumeDb: shape.volumeDb.unwrap().optional(),
    muted: shape.muted.unwrap().optional(),
    talkKey: shape.talkKey.unwrap().optional(),
    solo: shape.solo.unwrap().optional(),
    monitor: shape.monitor.unwrap().optional(),
    pan: shape.pan.unwrap().optional(),
    mono: shape.mono.unwrap().optional(),
    offsetMs: shape.offsetMs.unwrap().optional(),
    tracks: shape.tracks.unwrap().optional(),
    filters: shape.filters.unwrap().optional(),
  });
}

/** What is on air changes by these; undo leaves that alone, for it must never switch a broadcast's picture. */
const ON_AIR: ReadonlySet<CommandKind> = new Set(["programme", "preview", "studio-mode", "take"]);
export const isUndoable = (command: Command): boolean => !ON_AIR.has(command.kind);

export const refusalSchema = z.enum([
  "unknown_scene",
  "unknown_source",
  "unknown_item",
  "id_taken",
  "last_scene",
  /** A scene would show itself. */
  "scene_cycle",
  "other_kind",
  /** A limit of the document. */
  "too_many",
  /** The key does something else already. */
  "key_taken",
  "no_preview",
]);
export type Refusal = z.infer<typeof refusalSchema>;
