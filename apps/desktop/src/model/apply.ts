import { applyItem } from "./apply-items.ts";
import { applyScene } from "./apply-scenes.ts";
import { applySource } from "./apply-sources.ts";
import type { Command, Refusal } from "./commands.ts";
import type { StudioDocument, Transform } from "./document.ts";
import { sceneOf } from "./lookup.ts";
import { isRefusal, refuse } from "./refusal.ts";

export type Applied = { readonly document: StudioDocument } | { readonly refusal: Refusal };

/** The document after a command, or why it cannot be. Pure; what did not change stays the same object. */
export const apply = (document: StudioDocument, command: Command): Applied => {
  const result = route(document, command);
  return isRefusal(result) ? { refusal: result.refusal } : { document: result };
};

const route = (document: StudioDocument, command: Command) => {
  switch (command.kind) {
    case "collection-rename":
      return { ...document, name: command.name };
    case "canvas":
      return setCanvas(document, command.canvas, command.scaleItems);
    case "transition":
      return { ...document, transition: command.transition };
    case "hotkey":
      return setHotkey(document, command.action, command.accelerator);
    case "scene-add":
    case "scene-remove":
    case "scene-rename":
    case "scene-move":
    case "safe-scene":
    case "programme":
    case "preview":
    case "studio-mode":
    case "take":
      return applyScene(document, command);
    case "source-add":
    case "source-remove":
    case "source-rename":
    case "source-settings":
    case "source-filters":
    case "sound":
    case "global-sound":
      return applySource(document, command);
    case "item-add":
    case "items-remove":
    case "item-move":
    case "items-transform":
    case "item-visible":
    case "item-locked":
      return applyItem(document, command);
  }
};

const setCanvas = (
  document: StudioDocument,
  canvas: StudioDocument["canvas"],
  scaleItems: boolean,
): StudioDocument => {
  if (!scaleItems) return { ...document, canvas };
  const byX = canvas.width / document.canvas.width;
  const byY = canvas.height / document.canvas.height;
  // One factor for sizes, so that nothing is distorted when the shape of the canvas changes.
  const bySize = Math.min(byX, byY);
  const scaled = (transform: Transform): Transform => ({
    ...transform,
    x: transform.x * byX,
    y: transform.y * byY,
    width: Math.max(1, transform.width * bySize),
    height: Math.max(1, transform.height * bySize),
  });
  const scenes = document.scenes.map((scene) => ({
    ...scene,
    items: scene.items.map((item) => ({ ...item, transform: scaled(item.transform) })),
  }));
  return { ...document, canvas, scenes };
};

const setHotkey = (document: StudioDocument, action: string, accelerator: string | null) => {
  if (accelerator !== null && (document.hotkeys[accelerator] ?? action) !== action)
    return refuse("key_taken");
  const [what, id = ""] = action.split(":");
  if (what === "scene" && !sceneOf(document, id)) return refuse("unknown_scene");
  if (what === "mute" && !document.sources[id]) return refuse("unknown_source");
  const others = Object.entries(document.hotkeys).filter(([, bound]) => bound !== action);
  const hotkeys = Object.fromEntries(accelerator === null ? others : [...others, [accelerator, action]]);
  return { ...document, hotkeys };
};
