import type { Command, Refusal } from "./commands.ts";
import type { Scene, StudioDocument } from "./document.ts";
import { freeName, namesOf, sceneOf } from "./lookup.ts";
import { refuse } from "./refusal.ts";
import { moved, withoutSources } from "./rework.ts";

type SceneCommand = Extract<
  Command,
  {
    kind: `scene-${string}` | "safe-scene" | "programme" | "preview" | "studio-mode" | "take";
  }
>;
type Result = StudioDocument | { readonly refusal: Refusal };

export const applyScene = (document: StudioDocument, command: SceneCommand): Result => {
  if (command.kind === "scene-add") return addScene(document, command);
  if (command.kind === "take") return take(document);
  if (command.kind === "studio-mode")
    return {
      ...document,
      previewSceneId: command.on ? (document.previewSceneId ?? document.programmeSceneId) : null,
    };
  if (command.sceneId === null) return { ...document, safeSceneId: null };
  const scene = sceneOf(document, command.sceneId);
  if (!scene) return refuse("unknown_scene");
  switch (command.kind) {
    case "scene-remove":
      return removeScene(document, scene);
    case "scene-rename": {
      const name = freeName(namesOf(document.scenes, scene.id), command.name);
      return {
        ...document,
        scenes: document.scenes.map((other) => (other === scene ? { ...scene, name } : other)),
      };
    }
    case "scene-move":
      return { ...document, scenes: moved(document.scenes, scene, command.index) };
    case "safe-scene":
      return { ...document, safeSceneId: scene.id };
    case "programme":
      return { ...document, programmeSceneId: scene.id };
    case "preview":
      return document.previewSceneId === null
        ? refuse("no_preview")
        : { ...document, previewSceneId: scene.id };
  }
};

const addScene = (document: StudioDocument, command: Extract<Command, { kind: "scene-add" }>): Result => {
  if (sceneOf(document, command.sceneId)) return refuse("id_taken");
  if (document.scenes.length >= 200) return refuse("too_many");
  const model = command.copyOf === undefined ? undefined : sceneOf(document, command.copyOf);
  if (command.copyOf !== undefined && !model) return refuse("unknown_scene");
  const items = (model?.items ?? []).map((item, index) => ({ ...item, id: `${command.sceneId}.${index}` }));
  const name = freeName(namesOf(document.scenes), command.name);
  const scene: Scene = { id: command.sceneId, name, items };
  const at = model ? document.scenes.indexOf(model) + 1 : document.scenes.length;
  return { ...document, scenes: document.scenes.toSpliced(at, 0, scene) };
};

const removeScene = (document: StudioDocument, scene: Scene): Result => {
  if (document.scenes.length === 1) return refuse("last_scene");
  const at = document.scenes.indexOf(scene);
  const scenes = document.scenes.toSpliced(at, 1);
  const next = scenes[Math.min(at, scenes.length - 1)]?.id ?? "";
  const but = (id: string) => (id === scene.id ? next : id);
  const without: StudioDocument = {
    ...document,
    scenes,
    programmeSceneId: but(document.programmeSceneId),
    previewSceneId: document.previewSceneId === null ? null : but(document.previewSceneId),
    safeSceneId: document.safeSceneId === scene.id ? null : document.safeSceneId,
    hotkeys: Object.fromEntries(
      Object.entries(document.hotkeys).filter(([, action]) => action !== `scene:${scene.id}`),
    ),
  };
  // Sources that showed this scene in another one, and those that stood in it alone.
  return withoutSources(
    without,
    Object.values(document.sources).filter(
      ({ settings }) => settings.kind === "scene" && settings.sceneId === scene.id,
    ),
    scene.items.map((item) => item.sourceId),
  );
};

const take = (document: StudioDocument): Result =>
  document.previewSceneId === null
    ? refuse("no_preview")
    : { ...document, programmeSceneId: document.previewSceneId, previewSceneId: document.programmeSceneId };
