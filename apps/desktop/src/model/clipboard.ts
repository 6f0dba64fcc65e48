import { z } from "zod";
import type { Command } from "./commands.ts";
import {
  filterSchema,
  type Item,
  itemSchema,
  type Scene,
  type Source,
  type StudioDocument,
  soundFilterSchema,
  sourceSchema,
} from "./document.ts";
import { leadsTo } from "./lookup.ts";

/** What was copied: items with their sources, the lowest first. It may come from another collection. */
export const clipSchema = z.object({
  items: z
    .array(z.object({ item: itemSchema, source: sourceSchema }))
    .min(1)
    .max(200),
});
export type Clip = z.infer<typeof clipSchema>;

export const copied = (document: StudioDocument, scene: Scene, itemIds: readonly string[]): Clip | null => {
  const items = scene.items.flatMap((item) => {
    const source = document.sources[item.sourceId];
    return source && itemIds.includes(item.id) ? [{ item, source }] : [];
  });
  return items.length > 0 ? { items } : null;
};

interface Pasted {
  readonly commands: readonly Command[];
  readonly itemIds: readonly string[];
}

/**
 * The copied items on top of a scene: as further views of the same sources, or of copies of them. What the scene cannot
 * show (itself) is left out; a copy in the scene that it came from lies a little beside it.
 */
export const pasted = (
  document: StudioDocument,
  scene: Scene,
  { items }: Clip,
  as: "same" | "copy",
  newId: () => string,
): Pasted => {
  const commands: Command[] = [];
  const itemIds: string[] = [];
  const made = new Map<string, string>();
  for (const { item, source } of items) {
    const { settings } = source;
    if (settings.kind === "scene") {
      const isThere = document.scenes.some(({ id }) => id === settings.sceneId);
      if (!isThere || leadsTo(document, settings.sceneId, scene.id)) continue;
    }
    const id = newId();
    itemIds.push(id);
    const isHere = scene.items.some((other) => sameSpot(other, item));
    const placed: Item = { ...item, id, transform: isHere ? beside(item.transform) : item.transform };
    const known = as === "same" && document.sources[source.id] ? source.id : made.get(source.id);
    if (known !== undefined) {
      commands.push({ kind: "item-add", sceneId: scene.id, item: { ...placed, sourceId: known } });
      continue;
    }
    const copy: Source = { ...source, id: newId() };
    made.set(source.id, copy.id);
    commands.push({
      kind: "source-add",
      source: copy,
      place: { sceneId: scene.id, item: placed, isFinal: true },
    });
  }
  return { commands, itemIds };
};

const sameSpot = (one: Item, other: Item): boolean =>
  one.transform.x === other.transform.x && one.transform.y === other.transform.y;

const BESIDE_PX = 24;
const beside = (transform: Item["transform"]): Item["transform"] => ({
  ...transform,
  x: transform.x + BESIDE_PX,
  y: transform.y + BESIDE_PX,
});

/** Filters of a source, of its picture and of its sound. */
export const filterClipSchema = z.object({
  picture: z.array(filterSchema).max(16),
  sound: z.array(soundFilterSchema).max(16),
});
export type FilterClip = z.infer<typeof filterClipSchema>;

export const copiedFilters = ({ filters, sound }: Source): FilterClip => ({
  picture: [...filters],
  sound: [...(sound?.filters ?? [])],
});

/** The copied filters after those that a source has; those of sound only where there is sound. */
export const pastedFilters = (source: Source, clip: FilterClip, newId: () => string): Command[] => {
  const fresh = <F extends { id: string }>(filters: readonly F[]) =>
    filters.map((filter) => ({ ...filter, id: newId() }));
  const commands: Command[] = [];
  if (clip.picture.length > 0 && source.settings.kind !== "microphone")
    commands.push({
      kind: "source-filters",
      sourceId: source.id,
      filters: [...source.filters, ...fresh(clip.picture)].slice(0, 16),
    });
  if (clip.sound.length > 0 && source.sound)
    commands.push({
      kind: "sound",
      sourceId: source.id,
      change: { filters: [...source.sound.filters, ...fresh(clip.sound)].slice(0, 16) },
    });
  return commands;
};
