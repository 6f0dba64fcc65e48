import { z } from "zod";
import type { Command } from "../../model/commands.ts";
import type { Item, Source, StudioDocument } from "../../model/document.ts";
import { RequestFault, status } from "./messages.ts";
import { findInput, findScene, type ItemNumbers, kindOf, ofInput, ofScene } from "./names.ts";
import { type RequestKind, request } from "./requests.ts";

interface Desk {
  readonly document: StudioDocument;
  do(command: Command): string | null;
}

const nothing = z.object({});
const MUTE_DB = -96;

/** Scenes, what stands in them, and what is heard. */
export function sceneRequests(desk: Desk, numbers: ItemNumbers): Record<string, RequestKind> {
  const act = (command: Command): undefined => {
    const refusal = desk.do(command);
    if (refusal !== null) throw new RequestFault(status.requestProcessingFailed, refusal);
    return undefined;
  };
  const sound = (source: Source) => {
    if (source.sound === undefined)
      throw new RequestFault(status.invalidResourceState, "the input has no sound");
    return source.sound;
  };
  const named = (id: string | null) => desk.document.scenes.find((scene) => scene.id === id);
  const sceneItem = ofScene.extend({ sceneItemId: z.number().int() });

  return {
    GetSceneList: request(nothing, () => {
      const { document } = desk;
      const programme = named(document.programmeSceneId);
      const preview = named(document.previewSceneId);
      return {
        currentProgramSceneName: programme?.name ?? null,
        currentProgramSceneUuid: programme?.id ?? null,
        currentPreviewSceneName: preview?.name ?? null,
        currentPreviewSceneUuid: preview?.id ?? null,
        // Theirs are counted from the bottom of the list.
        scenes: [...document.scenes]
          .reverse()
          .map(({ id, name }, sceneIndex) => ({ sceneIndex, sceneName: name, sceneUuid: id })),
      };
    }),
    GetCurrentProgramScene: request(nothing, () => {
      const scene = named(desk.document.programmeSceneId);
      const facts = { sceneName: scene?.name, sceneUuid: scene?.id };
      return { ...facts, currentProgramSceneName: scene?.name, currentProgramSceneUuid: scene?.id };
    }),
    SetCurrentProgramScene: request(ofScene, (wanted) =>
      act({ kind: "programme", sceneId: findScene(desk.document, wanted).id }),
    ),
    GetStudioModeEnabled: request(nothing, () => ({
      studioModeEnabled: desk.document.previewSceneId !== null,
    })),

    GetSceneItemList: request(ofScene, (wanted) => {
      const scene = findScene(desk.document, wanted);
      const told = (item: Item, sceneItemIndex: number) => {
        const source = desk.document.sources[item.sourceId];
        return {
          sceneItemId: numbers.of(scene, item),
          sceneItemIndex,
          sceneItemEnabled: item.visible,
          sceneItemLocked: item.locked,
          sceneItemTransform: transformOf(item),
          sourceName: source?.name ?? "",
          sourceUuid: item.sourceId,
          sourceType: "OBS_SOURCE_TYPE_INPUT",
          inputKind: source ? kindOf(source) : null,
          isGroup: null,
        };
      };
      return { sceneItems: scene.items.map(told) };
    }),
    GetSceneItemId: request(ofScene.extend({ sourceName: z.string() }), ({ sourceName, ...wanted }) => {
      const scene = findScene(desk.document, wanted);
      const item = scene.items.find(({ sourceId }) => desk.document.sources[sourceId]?.name === sourceName);
      if (item === undefined) throw new RequestFault(status.resourceNotFound, "no such scene item");
      return { sceneItemId: numbers.of(scene, item) };
    }),
    GetSceneItemEnabled: request(sceneItem, ({ sceneItemId, ...wanted }) => ({
      sceneItemEnabled: numbers.find(findScene(desk.document, wanted), sceneItemId).visible,
    })),
    SetSceneItemEnabled: request(
      sceneItem.extend({ sceneItemEnabled: z.boolean() }),
      ({ sceneItemId, sceneItemEnabled: visible, ...wanted }) => {
        const scene = findScene(desk.document, wanted);
        const { id: itemId } = numbers.find(scene, sceneItemId);
        return act({ kind: "item-visible", sceneId: scene.id, itemId, visible });
      },
    ),

    GetInputList: request(z.object({ inputKind: z.string().optional() }), ({ inputKind }) => ({
      inputs: Object.values(desk.document.sources)
        .map((source) => ({
          inputName: source.name,
          inputUuid: source.id,
          inputKind: kindOf(source),
          unversionedInputKind: kindOf(source).replace(/_v\d+$/, ""),
        }))
        .filter((input) => inputKind === undefined || input.inputKind === inputKind),
    })),
    GetInputMute: request(ofInput, (wanted) => ({
      inputMuted: sound(findInput(desk.document, wanted)).muted,
    })),
    SetInputMute: request(ofInput.extend({ inputMuted: z.boolean() }), ({ inputMuted: muted, ...wanted }) => {
      const source = findInput(desk.document, wanted);
      sound(source);
      return act({ kind: "sound", sourceId: source.id, change: { muted } });
    }),
    ToggleInputMute: request(ofInput, (wanted) => {
      const source = findInput(desk.document, wanted);
      const muted = !sound(source).muted;
      act({ kind: "sound", sourceId: source.id, change: { muted } });
      return { inputMuted: muted };
    }),
    GetInputVolume: request(ofInput, (wanted) => {
      const { volumeDb } = sound(findInput(desk.document, wanted));
      return { inputVolumeDb: volumeDb, inputVolumeMul: volumeDb <= MUTE_DB ? 0 : 10 ** (volumeDb / 20) };
    }),
    SetInputVolume: request(
      ofInput.extend({
        inputVolumeMul: z.number().min(0).max(20).optional(),
        inputVolumeDb: z.number().min(-100).max(26).optional(),
      }),
      ({ inputVolumeMul, inputVolumeDb, ...wanted }) => {
        const db =
          inputVolumeDb ?? (inputVolumeMul === undefined ? undefined : 20 * Math.log10(inputVolumeMul));
        if (db === undefined) throw new RequestFault(status.missingRequestField, "Parameter: inputVolumeDb");
        const source = findInput(desk.document, wanted);
        sound(source);
        const volumeDb = Math.min(26, Math.max(MUTE_DB, db));
        return act({ kind: "sound", sourceId: source.id, change: { volumeDb } });
      },
    ),
  };
}

/** Our places are of the centre; theirs, with this alignment, too. */
function transformOf({ transform }: Item) {
  const { x, y, width, height, rotationDeg } = transform;
  return {
    positionX: x,
    positionY: y,
    rotation: rotationDeg,
    width,
    height,
    alignment: 0,
    boundsType: "OBS_BOUNDS_STRETCH",
    boundsWidth: width,
    boundsHeight: height,
    boundsAlignment: 0,
  };
}
