import type { Item, Scene, Source, StudioDocument } from "./document.ts";

/** Questions that commands, the window and the engine ask of a document. */
export const sceneOf = (document: StudioDocument, sceneId: string): Scene | undefined =>
  document.scenes.find((scene) => scene.id === sceneId);

export const itemOf = (scene: Scene | undefined, itemId: string): Item | undefined =>
  scene?.items.find((item) => item.id === itemId);

export const isUsed = (document: StudioDocument, sourceId: string): boolean =>
  document.globalSound.includes(sourceId) ||
  document.scenes.some((scene) => scene.items.some((item) => item.sourceId === sourceId));

/** Names tell things apart for people and for remote controls, so a second `Camera` becomes `Camera 2`. */
export const freeName = (taken: Iterable<string>, wanted: string): string => {
  const names = new Set(taken);
  if (!names.has(wanted)) return wanted;
  const stem = wanted.replace(/ \d+$/, "").slice(0, 110);
  for (let number = 2; ; number++) {
    const name = `${stem} ${number}`;
    if (!names.has(name)) return name;
  }
};

export const namesOf = (things: Iterable<Scene | Source>, but?: string): string[] =>
  [...things].filter((thing) => thing.id !== but).map((thing) => thing.name);

/** Whether what `sceneId` shows, through scenes within scenes, comes to `target`. */
export const leadsTo = (document: StudioDocument, sceneId: string, target: string): boolean => {
  const seen = new Set<string>();
  const open = [sceneId];
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    if (current === target) return true;
    if (seen.has(current)) continue;
    seen.add(current);
    for (const item of sceneOf(document, current)?.items ?? []) {
      const settings = document.sources[item.sourceId]?.settings;
      if (settings?.kind === "scene") open.push(settings.sceneId);
    }
  }
  return false;
};

/** Sources that are heard while a scene is shown: its own, those of scenes in it, and the global ones. */
export const heardIn = (document: StudioDocument, sceneId: string): Source[] =>
  sourcesIn(document, sceneId, () => true).filter((source) => source.sound !== undefined);

/** Sources that viewers see or hear of a scene: what is hidden in it is nobody's business. */
export const shownIn = (document: StudioDocument, sceneId: string): Source[] =>
  sourcesIn(document, sceneId, (item) => item.visible).filter(
    ({ settings: { kind }, sound }) =>
      !(sound?.muted === true && (kind === "microphone" || kind === "desktop-audio")),
  );

function sourcesIn(document: StudioDocument, sceneId: string, counts: (item: Item) => boolean): Source[] {
  const ids = new Set(document.globalSound);
  const visit = (id: string, depth: number): void => {
    for (const item of (sceneOf(document, id)?.items ?? []).filter(counts)) {
      const source = document.sources[item.sourceId];
      if (source?.settings.kind === "scene" && depth < 8) visit(source.settings.sceneId, depth + 1);
      ids.add(item.sourceId);
    }
  };
  visit(sceneId, 0);
  return [...ids].flatMap((id) => document.sources[id] ?? []);
}
