import type { Scene, Source, StudioDocument } from "./document.ts";
import { isUsed } from "./lookup.ts";

/** Small steps that several commands share. */
export const moved = <T>(things: readonly T[], thing: T, index: number): T[] => {
  const others = things.filter((other) => other !== thing);
  return others.toSpliced(Math.min(index, others.length), 0, thing);
};

export const withScene = (document: StudioDocument, scene: Scene): StudioDocument => ({
  ...document,
  scenes: document.scenes.map((other) => (other.id === scene.id ? scene : other)),
});

export const withSource = (document: StudioDocument, source: Source): StudioDocument => ({
  ...document,
  sources: { ...document.sources, [source.id]: source },
});

/** Without these sources and all that points to them; of `perhaps`, those that nothing uses any more. */
export const withoutSources = (
  document: StudioDocument,
  gone: readonly Source[],
  perhaps: readonly string[] = [],
): StudioDocument => {
  const ids = new Set(gone.map((source) => source.id));
  const scenes = document.scenes.map((scene) =>
    scene.items.some((item) => ids.has(item.sourceId))
      ? { ...scene, items: scene.items.filter((item) => !ids.has(item.sourceId)) }
      : scene,
  );
  const left = { ...document, scenes, globalSound: document.globalSound.filter((id) => !ids.has(id)) };
  for (const id of perhaps) if (!isUsed(left, id)) ids.add(id);
  if (ids.size === 0) return left;
  return {
    ...left,
    sources: Object.fromEntries(Object.entries(left.sources).filter(([id]) => !ids.has(id))),
    hotkeys: Object.fromEntries(
      Object.entries(left.hotkeys).filter(([, action]) => !ids.has(action.slice(action.indexOf(":") + 1))),
    ),
  };
};
