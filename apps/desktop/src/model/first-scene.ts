import type { Command } from "./commands.ts";
import { filling } from "./default-document.ts";
import { type Item, type Source, type StudioDocument, soundSchema } from "./document.ts";
import type { Size } from "./geometry/box.ts";

/** What somebody chose to show and to be heard with; null: nothing of the kind. */
export interface Chosen {
  readonly camera: (Size & { readonly deviceId: string; readonly name: string; readonly fps: number }) | null;
  readonly microphone: { readonly deviceId: string; readonly name: string } | null;
  readonly screen: (Size & { readonly displayId: string; readonly name: string }) | null;
}

/** Of the canvas' width, in the lower right corner over a screen. */
const CORNER_SHARE = 0.26;
const CORNER_MARGIN = 0.025;

/**
 * What makes of a document one that shows what was chosen, at the canvas' size: in the scene that every profile begins
 * with, as long as nobody has worked on it, else in one beside.
 */
export function firstScene(
  document: StudioDocument,
  { camera, microphone, screen }: Chosen,
  canvas: StudioDocument["canvas"],
  newId: () => string,
): Command[] {
  const commands: Command[] = [{ kind: "canvas", canvas, scaleItems: true }];
  if (camera !== null || screen !== null) {
    const fresh = untouched(document);
    const sceneId = fresh?.sceneId ?? newId();
    if (fresh === null) commands.push({ kind: "scene-add", sceneId, name: "Camera and screen" });
    else commands.push({ kind: "items-remove", sceneId, itemIds: [...fresh.itemIds] });
    const show = (source: Source, place: Place) => {
      const { sourceId: _, ...item } = placed(filling(newId(), source.id, canvas), place);
      commands.push({ kind: "source-add", source, place: { sceneId, item } });
    };
    if (screen !== null) {
      const settings = { kind: "display" as const, displayId: screen.displayId };
      show({ id: newId(), name: screen.name, settings, filters: [] }, contained(screen, canvas));
    }
    if (camera !== null) {
      const { deviceId, width, height, fps, name } = camera;
      const settings = { kind: "camera" as const, deviceId, width, height, fps };
      const place = screen === null ? contained(camera, canvas) : inCorner(camera, canvas);
      show({ id: newId(), name, settings, filters: [] }, place);
    }
  }
  if (microphone !== null && !hears(document, microphone.deviceId)) {
    const { deviceId, name } = microphone;
    const settings = { kind: "microphone" as const, deviceId };
    const source = { id: newId(), name, settings, filters: [], sound: soundSchema.parse({}) };
    commands.push({ kind: "source-add", source });
  }
  return commands;
}

/** Middle and size. */
type Place = Pick<Item["transform"], "x" | "y" | "width" | "height">;

const placed = (item: Item, place: Place): Item => ({ ...item, transform: { ...item.transform, ...place } });

function contained(size: Size, canvas: Size): Place {
  const scale = Math.min(canvas.width / size.width, canvas.height / size.height);
  const [width, height] = [size.width * scale, size.height * scale];
  return { x: canvas.width / 2, y: canvas.height / 2, width, height };
}

function inCorner(size: Size, canvas: Size): Place {
  const width = canvas.width * CORNER_SHARE;
  const height = (width * size.height) / size.width;
  const margin = canvas.width * CORNER_MARGIN;
  return { x: canvas.width - margin - width / 2, y: canvas.height - margin - height / 2, width, height };
}

/** The scene that a profile begins with, and what stands in it. */
function untouched({ scenes, sources }: StudioDocument) {
  const [scene, another] = scenes;
  if (scene === undefined || another !== undefined || scene.items.length > 1) return null;
  const isFirst = scene.items.every(({ sourceId }) =>
    ["test-picture", "display"].includes(sources[sourceId]?.settings.kind ?? ""),
  );
  return isFirst ? { sceneId: scene.id, itemIds: scene.items.map(({ id }) => id) } : null;
}

const hears = ({ sources }: StudioDocument, deviceId: string): boolean =>
  Object.values(sources).some(
    ({ settings }) => settings.kind === "microphone" && settings.deviceId === deviceId,
  );
