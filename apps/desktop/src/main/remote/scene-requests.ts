import { z } from "zod";
import type { Scene } from "../../model/document.ts";
import { act, type DocumentDesk, newId } from "./document-desk.ts";
import { RequestFault, status } from "./messages.ts";
import { findScene, freshName, name, nothing, ofScene } from "./names.ts";
import { type RequestKind, request } from "./requests.ts";

/** Theirs are counted from the bottom of the list. */
export const sceneList = (scenes: readonly Scene[]) =>
  scenes.toReversed().map(({ id, name }, sceneIndex) => ({ sceneIndex, sceneName: name, sceneUuid: id }));

/** Scenes, and which of them is shown. */
export function sceneRequests(desk: DocumentDesk): Record<string, RequestKind> {
  const named = (id: string | null) => desk.document.scenes.find((scene) => scene.id === id);
  const inStudioMode = () => {
    if (desk.document.previewSceneId === null)
      throw new RequestFault(status.studioModeNotActive, "studio mode is off");
  };

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
        scenes: sceneList(document.scenes),
      };
    }),
    // Scenes within scenes are scenes here: there are no groups beside them.
    GetGroupList: request(nothing, () => ({ groups: [] })),
    GetGroupSceneItemList: request(ofScene, (wanted) => {
      findScene(desk.document, wanted);
      throw new RequestFault(status.invalidResourceType, "this is a scene, not a group");
    }),
    GetCurrentProgramScene: request(nothing, () => {
      const scene = named(desk.document.programmeSceneId);
      const facts = { sceneName: scene?.name, sceneUuid: scene?.id };
      return { ...facts, currentProgramSceneName: scene?.name, currentProgramSceneUuid: scene?.id };
    }),
    SetCurrentProgramScene: request(ofScene, (wanted) =>
      act(desk, { kind: "programme", sceneId: findScene(desk.document, wanted).id }),
    ),
    GetCurrentPreviewScene: request(nothing, () => {
      inStudioMode();
      const scene = named(desk.document.previewSceneId);
      const facts = { sceneName: scene?.name, sceneUuid: scene?.id };
      return { ...facts, currentPreviewSceneName: scene?.name, currentPreviewSceneUuid: scene?.id };
    }),
    SetCurrentPreviewScene: request(ofScene, (wanted) => {
      inStudioMode();
      return act(desk, { kind: "preview", sceneId: findScene(desk.document, wanted).id });
    }),
    CreateScene: request(z.object({ sceneName: name }), ({ sceneName }) => {
      const sceneId = newId();
      act(desk, { kind: "scene-add", sceneId, name: freshName(desk.document, sceneName) });
      return { sceneUuid: sceneId };
    }),
    RemoveScene: request(ofScene, (wanted) =>
      act(desk, { kind: "scene-remove", sceneId: findScene(desk.document, wanted).id }),
    ),
    SetSceneName: request(ofScene.extend({ newSceneName: name }), ({ newSceneName, ...wanted }) => {
      const { id: sceneId } = findScene(desk.document, wanted);
      return act(desk, { kind: "scene-rename", sceneId, name: freshName(desk.document, newSceneName) });
    }),
    // One transition for all scenes.
    GetSceneSceneTransitionOverride: request(ofScene, (wanted) => {
      findScene(desk.document, wanted);
      return { transitionName: null, transitionDuration: null };
    }),

    GetStudioModeEnabled: request(nothing, () => ({
      studioModeEnabled: desk.document.previewSceneId !== null,
    })),
    SetStudioModeEnabled: request(z.object({ studioModeEnabled: z.boolean() }), ({ studioModeEnabled }) =>
      act(desk, { kind: "studio-mode", on: studioModeEnabled }),
    ),
    TriggerStudioModeTransition: request(nothing, () => {
      inStudioMode();
      return act(desk, { kind: "take" });
    }),
  };
}
