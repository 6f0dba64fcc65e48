import { z } from "zod";
import { filling } from "../../model/default-document.ts";
import type { Item, Scene, Source, Transform } from "../../model/document.ts";
import { atNaturalSize } from "../../model/geometry/place.ts";
import { act, type DocumentDesk, newId } from "./document-desk.ts";
import { inputKindOf } from "./input-kinds.ts";
import { type ItemPlaces, naturalSize, placeSchema } from "./item-places.ts";
import { RequestFault, status } from "./messages.ts";
import {
  findScene,
  findSource,
  type ItemNumbers,
  name,
  namesIn,
  ofScene,
  ofSource,
  shownIn,
} from "./names.ts";
import { type RequestKind, request } from "./requests.ts";

const BLENDS = {
  OBS_BLEND_NORMAL: "normal",
  OBS_BLEND_ADDITIVE: "add",
  OBS_BLEND_MULTIPLY: "multiply",
  OBS_BLEND_SCREEN: "screen",
  OBS_BLEND_DARKEN: "darken",
  OBS_BLEND_LIGHTEN: "lighten",
} as const satisfies Record<string, Transform["blend"]>;
const BLEND_NAMES = namesIn(BLENDS);
const blendName = (blend: Transform["blend"]) => BLEND_NAMES.find((each) => BLENDS[each] === blend);

/** What stands in scenes, and where. */
export function itemRequests(
  desk: DocumentDesk,
  numbers: ItemNumbers,
  places: ItemPlaces,
): Record<string, RequestKind> {
  const ofItem = ofScene.extend({ sceneItemId: z.number().int().min(0) });
  const find = ({ sceneItemId, ...wanted }: z.infer<typeof ofItem>) => {
    const scene = findScene(desk.document, wanted);
    return { scene, item: numbers.find(scene, sceneItemId) };
  };
  const sizeOf = (item: Item) => naturalSize(item, desk.sizeOf(item.sourceId));
  const place = (scene: Scene, item: Item, transform: Transform) =>
    act(desk, { kind: "items-transform", sceneId: scene.id, items: [{ itemId: item.id, transform }] });

  const told = (scene: Scene) => (item: Item, sceneItemIndex: number) => {
    const source = desk.document.sources[item.sourceId];
    const shown = shownIn(desk.document, item);
    const isScene = source?.settings.kind === "scene";
    return {
      sceneItemId: numbers.of(scene, item),
      sceneItemIndex,
      sceneItemEnabled: item.visible,
      sceneItemLocked: item.locked,
      sceneItemBlendMode: blendName(item.transform.blend),
      sceneItemTransform: places.told(item, sizeOf(item)),
      sourceName: shown.name,
      sourceUuid: shown.id,
      sourceType: isScene ? "OBS_SOURCE_TYPE_SCENE" : "OBS_SOURCE_TYPE_INPUT",
      inputKind: source && !isScene ? inputKindOf(source.settings.kind) : null,
      isGroup: isScene ? false : null,
    };
  };
  /** The source that shows a scene in others is made with its first use. */
  const showing = (scene: Scene): Source => ({
    id: newId(),
    name: scene.name,
    settings: { kind: "scene", sceneId: scene.id },
    filters: [],
  });
  const add = (scene: Scene, wanted: z.infer<typeof ofSource>, visible: boolean): Item => {
    const { canvas, sources } = desk.document;
    const found = findSource(desk.document, wanted);
    const source =
      "input" in found
        ? found.input
        : Object.values(sources).find(
            ({ settings }) => settings.kind === "scene" && settings.sceneId === found.scene.id,
          );
    const whole = { ...filling(newId(), source?.id ?? "", canvas), visible };
    const natural = source && desk.sizeOf(source.id);
    const item = natural ? { ...whole, transform: atNaturalSize(whole.transform, canvas, natural) } : whole;
    if (source) act(desk, { kind: "item-add", sceneId: scene.id, item });
    else if ("scene" in found)
      act(desk, { kind: "source-add", source: showing(found.scene), place: { sceneId: scene.id, item } });
    return item;
  };

  return {
    GetSceneItemList: request(ofScene, (wanted) => {
      const scene = findScene(desk.document, wanted);
      return { sceneItems: scene.items.map(told(scene)) };
    }),
    GetSceneItemId: request(
      ofScene.extend({ sourceName: name, searchOffset: z.number().int().min(-1).default(0) }),
      ({ sourceName, searchOffset, ...wanted }) => {
        const scene = findScene(desk.document, wanted);
        const found = scene.items.filter((item) => shownIn(desk.document, item).name === sourceName);
        const item = found.at(searchOffset);
        if (item === undefined) throw new RequestFault(status.resourceNotFound, "no such scene item");
        return { sceneItemId: numbers.of(scene, item) };
      },
    ),
    GetSceneItemSource: request(ofItem, (wanted) => {
      const shown = shownIn(desk.document, find(wanted).item);
      return { sourceName: shown.name, sourceUuid: shown.id };
    }),
    CreateSceneItem: request(
      z.object({ ...ofScene.shape, ...ofSource.shape, sceneItemEnabled: z.boolean().default(true) }),
      ({ sceneItemEnabled, sourceName, sourceUuid, ...wanted }) => {
        const scene = findScene(desk.document, wanted);
        const item = add(scene, { sourceName, sourceUuid }, sceneItemEnabled);
        return { sceneItemId: numbers.of(scene, item) };
      },
    ),
    DuplicateSceneItem: request(
      ofItem.extend({ destinationSceneName: name.optional(), destinationSceneUuid: name.optional() }),
      ({ destinationSceneName, destinationSceneUuid, ...wanted }) => {
        const { scene, item } = find(wanted);
        const isNamed = destinationSceneName !== undefined || destinationSceneUuid !== undefined;
        const to = isNamed
          ? findScene(desk.document, { sceneName: destinationSceneName, sceneUuid: destinationSceneUuid })
          : scene;
        const copy = { ...item, id: newId() };
        act(desk, { kind: "item-add", sceneId: to.id, item: copy });
        return { sceneItemId: numbers.of(to, copy) };
      },
    ),
    RemoveSceneItem: request(ofItem, (wanted) => {
      const { scene, item } = find(wanted);
      return act(desk, { kind: "items-remove", sceneId: scene.id, itemIds: [item.id] });
    }),

    GetSceneItemTransform: request(ofItem, (wanted) => {
      const { item } = find(wanted);
      return { sceneItemTransform: places.told(item, sizeOf(item)) };
    }),
    SetSceneItemTransform: request(
      ofItem.extend({ sceneItemTransform: placeSchema }),
      ({ sceneItemTransform, ...wanted }) => {
        const { scene, item } = find(wanted);
        return place(scene, item, places.changed(item, sceneItemTransform, sizeOf(item)));
      },
    ),
    GetSceneItemEnabled: request(ofItem, (wanted) => ({ sceneItemEnabled: find(wanted).item.visible })),
    SetSceneItemEnabled: request(
      ofItem.extend({ sceneItemEnabled: z.boolean() }),
      ({ sceneItemEnabled: visible, ...wanted }) => {
        const { scene, item } = find(wanted);
        return act(desk, { kind: "item-visible", sceneId: scene.id, itemId: item.id, visible });
      },
    ),
    GetSceneItemLocked: request(ofItem, (wanted) => ({ sceneItemLocked: find(wanted).item.locked })),
    SetSceneItemLocked: request(
      ofItem.extend({ sceneItemLocked: z.boolean() }),
      ({ sceneItemLocked: locked, ...wanted }) => {
        const { scene, item } = find(wanted);
        return act(desk, { kind: "item-locked", sceneId: scene.id, itemId: item.id, locked });
      },
    ),
    GetSceneItemIndex: request(ofItem, (wanted) => {
      const { scene, item } = find(wanted);
      return { sceneItemIndex: scene.items.indexOf(item) };
    }),
    SetSceneItemIndex: request(
      ofItem.extend({ sceneItemIndex: z.number().int().min(0).max(8192) }),
      ({ sceneItemIndex: index, ...wanted }) => {
        const { scene, item } = find(wanted);
        return act(desk, { kind: "item-move", sceneId: scene.id, itemId: item.id, index });
      },
    ),
    GetSceneItemBlendMode: request(ofItem, (wanted) => ({
      sceneItemBlendMode: blendName(find(wanted).item.transform.blend),
    })),
    SetSceneItemBlendMode: request(
      ofItem.extend({ sceneItemBlendMode: z.enum(BLEND_NAMES) }),
      ({ sceneItemBlendMode, ...wanted }) => {
        const { scene, item } = find(wanted);
        return place(scene, item, { ...item.transform, blend: BLENDS[sceneItemBlendMode] });
      },
    ),
  };
}
