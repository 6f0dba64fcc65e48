import type { Item, StudioDocument } from "../../../model/document.ts";
import type { FrameMoment, PictureSource } from "../sources/picture-source.ts";
import type { Layer, SceneView } from "./compositor.ts";

interface Sources {
  get(id: string): PictureSource | undefined;
}

interface Kept {
  readonly layer: Layer;
  readonly transformJson: string;
}

/** The document's scenes as lists of layers, the same objects from frame to frame where nothing changed. */
export class SceneBook {
  readonly #views = new Map<string, SceneView>();
  #kept = new Map<string, Kept>();
  #document: StudioDocument | undefined;

  constructor(private readonly sources: Sources) {}

  /** After the sources have been reconciled with the same document. */
  setDocument(document: StudioDocument): void {
    this.#document = document;
    const kept = new Map<string, Kept>();
    const ids = new Set(document.scenes.map(({ id }) => id));
    for (const id of this.#views.keys()) if (!ids.has(id)) this.#views.delete(id);
    for (const { id, items } of document.scenes) {
      const layers: Layer[] = [];
      for (const item of items) {
        const entry = item.visible ? this.#entry(id, item) : undefined;
        if (entry === undefined) continue;
        layers.push(entry.layer);
        kept.set(`${id}/${item.id}`, entry);
      }
      const before = this.#views.get(id);
      const same =
        before?.layers.length === layers.length && layers.every((layer, i) => layer === before.layers[i]);
      if (!same) this.#views.set(id, { id, layers });
    }
    this.#kept = kept;
  }

  view(sceneId: string): SceneView | undefined {
    return this.#views.get(sceneId);
  }

  /** Every source that is seen in the scenes, nested ones' first. */
  sourcesOf(sceneIds: readonly string[]): Set<string> {
    const found = new Set<string>();
    const open = new Set<string>();
    const visit = (sceneId: string) => {
      if (open.has(sceneId)) return;
      open.add(sceneId);
      for (const { sourceId, visible } of this.#scene(sceneId)?.items ?? []) {
        if (!visible || found.has(sourceId)) continue;
        const settings = this.#document?.sources[sourceId]?.settings;
        if (settings?.kind === "scene") visit(settings.sceneId);
        found.add(sourceId);
      }
      open.delete(sceneId);
    };
    for (const id of sceneIds) visit(id);
    return found;
  }

  advance(sourceIds: ReadonlySet<string>, moment: FrameMoment): void {
    for (const id of sourceIds) this.sources.get(id)?.advance(moment);
  }

  #scene(id: string) {
    return this.#document?.scenes.find((scene) => scene.id === id);
  }

  #entry(sceneId: string, item: Item): Kept | undefined {
    const content = this.sources.get(item.sourceId);
    if (content === undefined) return undefined;
    const before = this.#kept.get(`${sceneId}/${item.id}`);
    const transformJson = JSON.stringify(item.transform);
    if (before?.layer.content === content && before.transformJson === transformJson) return before;
    return { layer: { id: item.id, content, transform: item.transform }, transformJson };
  }
}
