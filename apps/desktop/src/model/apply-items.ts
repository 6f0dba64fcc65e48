import type { Command, Refusal } from "./commands.ts";
import type { Item, Scene, StudioDocument } from "./document.ts";
import { itemOf, leadsTo, sceneOf } from "./lookup.ts";
import { refuse } from "./refusal.ts";
import { moved, withoutSources, withScene } from "./rework.ts";

type ItemCommand = Extract<Command, { kind: `item-${string}` | `items-${string}` }>;
type Result = StudioDocument | { readonly refusal: Refusal };

export const applyItem = (document: StudioDocument, command: ItemCommand): Result => {
  const scene = sceneOf(document, command.sceneId);
  if (!scene) return refuse("unknown_scene");
  switch (command.kind) {
    case "item-add":
      return addItem(document, scene, command.item, command.index);
    case "items-remove": {
      const gone = scene.items.filter((item) => command.itemIds.includes(item.id));
      if (gone.length !== new Set(command.itemIds).size) return refuse("unknown_item");
      const items = scene.items.filter((item) => !gone.includes(item));
      return withoutSources(
        withScene(document, { ...scene, items }),
        [],
        gone.map((item) => item.sourceId),
      );
    }
    case "items-transform": {
      const wanted = new Map(command.items.map(({ itemId, transform }) => [itemId, transform]));
      if (command.items.some(({ itemId }) => !itemOf(scene, itemId))) return refuse("unknown_item");
      const items = scene.items.map((item) => {
        const transform = wanted.get(item.id);
        if (!transform) return item;
        const { unplaced: _, ...placed } = item;
        return { ...placed, transform };
      });
      return withScene(document, { ...scene, items });
    }
    case "item-move":
      return change(document, scene, command.itemId, (item) => moved(scene.items, item, command.index));
    case "item-visible":
      return change(document, scene, command.itemId, replaced(scene, { visible: command.visible }));
    case "item-locked":
      return change(document, scene, command.itemId, replaced(scene, { locked: command.locked }));
  }
};

const replaced = (scene: Scene, part: Partial<Item>) => (item: Item) =>
  scene.items.map((other) => (other === item ? { ...item, ...part } : other));

const change = (
  document: StudioDocument,
  scene: Scene,
  itemId: string,
  work: (item: Item) => Item[],
): Result => {
  const item = itemOf(scene, itemId);
  return item ? withScene(document, { ...scene, items: work(item) }) : refuse("unknown_item");
};

const addItem = (document: StudioDocument, scene: Scene, item: Item, index?: number): Result => {
  const source = document.sources[item.sourceId];
  if (!source) return refuse("unknown_source");
  if (itemOf(scene, item.id)) return refuse("id_taken");
  if (scene.items.length >= 200) return refuse("too_many");
  if (source.settings.kind === "scene" && leadsTo(document, source.settings.sceneId, scene.id))
    return refuse("scene_cycle");
  const items = scene.items.toSpliced(index ?? scene.items.length, 0, item);
  return withScene(document, { ...scene, items });
};
