import { clearCanvas, opaqueCanvas, type Size } from "../sources/picture-source.ts";
import { bakeRuns, type Run, STEADY_FRAMES } from "./bake-plan.ts";
import type { Layer } from "./compositor.ts";
import { type Box, boxOf, drawLayer } from "./draw-layer.ts";

interface Stamp {
  readonly version: number;
  steadyFrames: number;
}

interface Baked {
  readonly layers: readonly Layer[];
  readonly versions: readonly number[];
  readonly box: Box;
  readonly picture: OffscreenCanvas;
}

/** Paints one scene, frame after frame, and knows what of it has not changed. */
export class ScenePainter {
  #stamps = new Map<Layer, Stamp>();
  #order: readonly Layer[] = [];
  #baked: Baked[] = [];

  constructor(
    private readonly size: Size,
    /** What is where nothing lies. */
    private readonly ground: "black" | "clear" = "black",
  ) {}

  /** Notes what the layers show now; false where it is exactly what they showed before. */
  look(layers: readonly Layer[]): boolean {
    let changed = layers !== this.#order;
    const stamps = new Map<Layer, Stamp>();
    for (const layer of layers) {
      const { version } = layer.content;
      const before = this.#stamps.get(layer);
      if (before?.version === version) {
        before.steadyFrames += 1;
        stamps.set(layer, before);
      } else {
        changed = true;
        stamps.set(layer, { version, steadyFrames: 0 });
      }
    }
    this.#stamps = stamps;
    this.#order = layers;
    return changed;
  }

  /** Over all of the canvas. */
  paint(context: OffscreenCanvasRenderingContext2D): void {
    const layers = this.#order;
    const runs = bakeRuns(layers, (layer) => (this.#stamps.get(layer)?.steadyFrames ?? 0) >= STEADY_FRAMES);
    const baked = runs.map((run) => this.#bake(run));
    this.#baked = baked;
    if (this.ground === "clear") context.clearRect(0, 0, this.size.width, this.size.height);
    else if (runs[0]?.first !== 0) {
      context.fillStyle = "#000000";
      context.fillRect(0, 0, this.size.width, this.size.height);
    }
    let at = 0;
    while (at < layers.length) {
      const which = runs.findIndex((run) => run.first === at);
      const [run, ready] = [runs[which], baked[which]];
      const layer = layers[at];
      if (run !== undefined && ready !== undefined) {
        const { picture, box } = ready;
        if (box.width > 0 && box.height > 0) context.drawImage(picture, box.left, box.top);
        at = run.end;
      } else {
        if (layer !== undefined) drawLayer(context, layer, false);
        at += 1;
      }
    }
  }

  #bake({ first, end }: Run): Baked {
    const layers = this.#order.slice(first, end);
    const versions = layers.map(({ content }) => content.version);
    const same = (baked: Baked) =>
      baked.layers.length === layers.length &&
      layers.every((layer, i) => layer === baked.layers[i] && versions[i] === baked.versions[i]);
    const kept = this.#baked.find(same);
    if (kept !== undefined) return kept;
    const bottom = first === 0 && this.ground === "black";
    const box = bottom ? { left: 0, top: 0, ...this.size } : boxOf(layers, this.size);
    const size = { width: Math.max(1, box.width), height: Math.max(1, box.height) };
    // The lowest picture is the canvas' ground: without alpha it is copied, not blended.
    const context = bottom ? opaqueCanvas(size) : clearCanvas(size);
    context.translate(-box.left, -box.top);
    for (const layer of layers) drawLayer(context, layer, true);
    return { layers, versions, box, picture: context.canvas };
  }
}
