import { opaqueCanvas, type Size } from "../sources/picture-source.ts";
import type { Layer, SceneView } from "./compositor.ts";
import { drawLayer } from "./draw-layer.ts";

const WIDTH = 160;
/** Two scenes a second at most, and each of them every three seconds: what they cost has a bound. */
const EVERY_MS = 500;
const AGAIN_MS = 3_000;

export interface Thumbnail {
  readonly sceneId: string;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

interface Looked {
  readonly atMs: number;
  readonly layers: readonly Layer[];
  readonly versions: readonly number[];
}

interface Scenes {
  readonly canvas: Size;
  readonly ids: readonly string[];
  view(sceneId: string): SceneView | undefined;
  /** Lets what the scene shows move on; nothing is woken for it, so a camera that rests stays dark. */
  advance(sceneId: string): void;
}

/** Small pictures of scenes for their list: made when something changed, one after the other. */
export class Thumbnails {
  readonly #looked = new Map<string, Looked>();
  #lastMs = Number.NEGATIVE_INFINITY;
  #context: OffscreenCanvasRenderingContext2D | undefined;

  /** The next one that is due; undefined most of the time. */
  next(nowMs: number, scenes: Scenes): Thumbnail | undefined {
    if (nowMs - this.#lastMs < EVERY_MS) return undefined;
    this.#lastMs = nowMs;
    for (const id of this.#looked.keys()) if (!scenes.ids.includes(id)) this.#looked.delete(id);
    const sceneId = this.#due(nowMs, scenes);
    const view = sceneId === undefined ? undefined : scenes.view(sceneId);
    if (sceneId === undefined || view === undefined) return undefined;
    scenes.advance(sceneId);
    const before = this.#looked.get(sceneId);
    const versions = view.layers.map(({ content }) => content.version);
    this.#looked.set(sceneId, { atMs: nowMs, layers: view.layers, versions });
    const isSame =
      before?.layers === view.layers && versions.every((version, i) => version === before.versions[i]);
    return isSame ? undefined : this.#draw(sceneId, view, scenes.canvas);
  }

  /** Whoever shows them has none. */
  forget(): void {
    this.#looked.clear();
  }

  /** What was rearranged goes first, then what was not looked at for the longest time. */
  #due(nowMs: number, { ids, view }: Scenes): string | undefined {
    const changed = ids.find((id) => this.#looked.get(id)?.layers !== view(id)?.layers);
    if (changed !== undefined) return changed;
    const atMs = (id: string) => this.#looked.get(id)?.atMs ?? 0;
    const [oldest] = ids.toSorted((a, b) => atMs(a) - atMs(b));
    return oldest !== undefined && nowMs - atMs(oldest) >= AGAIN_MS ? oldest : undefined;
  }

  #draw(sceneId: string, { layers }: SceneView, canvas: Size): Thumbnail {
    const scale = WIDTH / canvas.width;
    const height = Math.max(2, Math.round(canvas.height * scale));
    if (this.#context?.canvas.height !== height) this.#context = opaqueCanvas({ width: WIDTH, height });
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000000";
    context.fillRect(0, 0, WIDTH, height);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    for (const layer of layers) drawLayer(context, layer, false);
    const rgba = context.getImageData(0, 0, WIDTH, height).data as Uint8ClampedArray<ArrayBuffer>;
    return { sceneId, width: WIDTH, height, rgba };
  }
}
