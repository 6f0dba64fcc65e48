import type { Item, Scene, StudioDocument } from "../../model/document.ts";
import type { Size } from "../../model/geometry/box.ts";
import { type ItemPlaces, naturalSize } from "./item-places.ts";
import { type RemoteEvent, subscription } from "./messages.ts";
import { type ItemNumbers, shownIn } from "./names.ts";
import { sceneList } from "./scene-requests.ts";
import { transitionDuration, transitionName } from "./transition-requests.ts";

interface Book {
  readonly numbers: ItemNumbers;
  readonly places: ItemPlaces;
  readonly sizeOf: (sourceId: string) => Size | undefined;
}

const named = (scene: Scene) => ({ sceneName: scene.name, sceneUuid: scene.id });
const byId = <T extends { readonly id: string }>(things: readonly T[]) =>
  new Map(things.map((thing) => [thing.id, thing]));

/** What clients hear of scenes, of what stands in them, and of which one is shown. */
export function sceneEvents(before: StudioDocument, after: StudioDocument, book: Book): RemoteEvent[] {
  if (before === after) return [];
  const scenes =
    before.scenes === after.scenes ? [] : [...listEvents(before, after), ...itemEvents(before, after, book)];
  return [...scenes, ...shownEvents(before, after), ...transitionEvents(before, after)];
}

function listEvents(before: StudioDocument, after: StudioDocument): RemoteEvent[] {
  const intent = subscription.scenes;
  const [was, is] = [byId(before.scenes), byId(after.scenes)];
  const events: RemoteEvent[] = [];
  for (const scene of before.scenes)
    if (!is.has(scene.id))
      events.push({ type: "SceneRemoved", intent, data: { ...named(scene), isGroup: false } });
  for (const scene of after.scenes) {
    const old = was.get(scene.id);
    if (!old) events.push({ type: "SceneCreated", intent, data: { ...named(scene), isGroup: false } });
    else if (old.name !== scene.name)
      events.push({ type: "SceneNameChanged", intent, data: { ...named(scene), oldSceneName: old.name } });
  }
  const order = (document: StudioDocument) => JSON.stringify(sceneList(document.scenes));
  if (order(before) !== order(after))
    events.push({ type: "SceneListChanged", intent, data: { scenes: sceneList(after.scenes) } });
  return events;
}

function shownEvents(before: StudioDocument, after: StudioDocument): RemoteEvent[] {
  const events: RemoteEvent[] = [];
  const scene = (id: string | null) => {
    const found = after.scenes.find((each) => each.id === id);
    return found && named(found);
  };
  const programme = scene(after.programmeSceneId);
  if (before.programmeSceneId !== after.programmeSceneId && programme)
    events.push({ type: "CurrentProgramSceneChanged", intent: subscription.scenes, data: programme });
  const studioModeEnabled = after.previewSceneId !== null;
  if ((before.previewSceneId !== null) !== studioModeEnabled)
    events.push({ type: "StudioModeStateChanged", intent: subscription.ui, data: { studioModeEnabled } });
  const preview = scene(after.previewSceneId);
  if (before.previewSceneId !== after.previewSceneId && preview)
    events.push({ type: "CurrentPreviewSceneChanged", intent: subscription.scenes, data: preview });
  return events;
}

function itemEvents(before: StudioDocument, after: StudioDocument, book: Book): RemoteEvent[] {
  const was = byId(before.scenes);
  return after.scenes.flatMap((scene) => {
    const old = was.get(scene.id);
    return old === scene || old?.items === scene.items
      ? []
      : changesOf(before, after, { ...scene, items: old?.items ?? [] }, scene, book);
  });
}

function changesOf(
  before: StudioDocument,
  after: StudioDocument,
  old: Scene,
  scene: Scene,
  { numbers, places, sizeOf }: Book,
): RemoteEvent[] {
  const intent = subscription.sceneItems;
  const events: RemoteEvent[] = [];
  const [was, is] = [byId(old.items), byId(scene.items)];
  const head = (item: Item) => ({ ...named(scene), sceneItemId: numbers.of(scene, item) });
  const source = (document: StudioDocument, item: Item) => {
    const shown = shownIn(document, item);
    return { sourceName: shown.name, sourceUuid: shown.id };
  };
  for (const item of old.items)
    if (!is.has(item.id))
      events.push({ type: "SceneItemRemoved", intent, data: { ...head(item), ...source(before, item) } });
  for (const [sceneItemIndex, item] of scene.items.entries()) {
    const one = was.get(item.id);
    if (!one) {
      const data = { ...head(item), ...source(after, item), sceneItemIndex };
      events.push({ type: "SceneItemCreated", intent, data });
      continue;
    }
    if (one.visible !== item.visible) {
      const data = { ...head(item), sceneItemEnabled: item.visible };
      events.push({ type: "SceneItemEnableStateChanged", intent, data });
    }
    if (one.locked !== item.locked)
      events.push({
        type: "SceneItemLockStateChanged",
        intent,
        data: { ...head(item), sceneItemLocked: item.locked },
      });
    if (one.transform !== item.transform) {
      const sceneItemTransform = places.told(item, naturalSize(item, sizeOf(item.sourceId)));
      const data = { ...head(item), sceneItemTransform };
      events.push({ type: "SceneItemTransformChanged", intent: subscription.transforms, data });
    }
  }
  const kept = (items: readonly Item[], others: ReadonlyMap<string, Item>) =>
    items.flatMap(({ id }) => (others.has(id) ? [id] : [])).join();
  if (kept(old.items, is) !== kept(scene.items, was)) {
    const sceneItems = scene.items.map((item, sceneItemIndex) => ({
      sceneItemId: numbers.of(scene, item),
      sceneItemIndex,
    }));
    events.push({ type: "SceneItemListReindexed", intent, data: { ...named(scene), sceneItems } });
  }
  return events;
}

function transitionEvents(before: StudioDocument, after: StudioDocument): RemoteEvent[] {
  const intent = subscription.transitions;
  const [was, is] = [before.transition, after.transition];
  const events: RemoteEvent[] = [];
  if (was.kind !== is.kind) {
    const data = { transitionName: transitionName(is), transitionUuid: is.kind };
    events.push({ type: "CurrentSceneTransitionChanged", intent, data });
  } else if (transitionDuration(was) !== transitionDuration(is)) {
    const data = { transitionDuration: transitionDuration(is) };
    events.push({ type: "CurrentSceneTransitionDurationChanged", intent, data });
  }
  return events;
}
