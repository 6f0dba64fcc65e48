import type { z } from "zod";
import {
  clipSchema,
  copied,
  copiedFilters,
  filterClipSchema,
  pasted,
  pastedFilters,
} from "../../../model/clipboard.ts";
import { type Item, transformSchema } from "../../../model/document.ts";
import { newId } from "../../state/studio.ts";
import { useDocument, useEditedScene, useStudio } from "../use-studio.ts";

/** Kept for all of the studio's windows, and until something else is copied. */
const kept = <S extends z.ZodType>(key: string, schema: S) => ({
  put: (value: z.infer<S>) => localStorage.setItem(key, JSON.stringify(value)),
  take: (): z.infer<S> | null => {
    const read = schema.safeParse(JSON.parse(localStorage.getItem(key) ?? "null"));
    return read.success ? read.data : null;
  },
});
const clips = kept("clip.items", clipSchema);
const filterClips = kept("clip.filters", filterClipSchema);
const places = kept("clip.place", transformSchema);

/** Copying and pasting of items, of their places and of their sources' filters; each paste is one step. */
export const useClipboard = () => {
  const studio = useStudio();
  const document = useDocument();
  const scene = useEditedScene();
  const doAll = async (commands: Parameters<typeof studio.do>[0][]) => {
    const gesture = newId();
    for (const command of commands) if (!(await studio.do(command, gesture))) return false;
    return true;
  };
  const put = async (clip: z.infer<typeof clipSchema> | null, as: "same" | "copy") => {
    if (!clip) return;
    const { commands, itemIds } = pasted(document, scene, clip, as, newId);
    if (commands.length === 0) studio.say("A scene cannot be shown in itself.", "bad");
    else if (await doAll([...commands])) studio.select(itemIds);
  };
  return {
    hasItems: () => clips.take() !== null,
    copy: (items: readonly Item[]) => {
      const ids = items.map(({ id }) => id);
      const clip = copied(document, scene, ids);
      if (clip) clips.put(clip);
    },
    paste: (as: "same" | "copy") => void put(clips.take(), as),
    duplicate: (items: readonly Item[]) => {
      const ids = items.map(({ id }) => id);
      void put(copied(document, scene, ids), "copy");
    },

    hasPlace: () => places.take() !== null,
    copyPlace: (item: Item) => places.put(item.transform),
    pastePlace: (items: readonly Item[]) => {
      const transform = places.take();
      if (!transform || items.length === 0) return;
      const moves = items.map(({ id: itemId }) => ({ itemId, transform }));
      void studio.do({ kind: "items-transform", sceneId: scene.id, items: moves });
    },

    hasFilters: () => filterClips.take() !== null,
    copyFilters: (item: Item) => {
      const source = document.sources[item.sourceId];
      if (source) filterClips.put(copiedFilters(source));
    },
    pasteFilters: (items: readonly Item[]) => {
      const clip = filterClips.take();
      if (!clip) return;
      const sources = new Set(items.map((item) => document.sources[item.sourceId]));
      void doAll([...sources].flatMap((source) => (source ? pastedFilters(source, clip, newId) : [])));
    },
  };
};
