import { opaqueCanvas, type Size } from "../sources/picture-source.ts";
import type { Compositor, SceneView, Showing, SlideSide } from "./compositor.ts";
import { drawLayer } from "./draw-layer.ts";
import { ScenePainter } from "./scene-painter.ts";

/** Composes in memory, by Skia on the processor: the quickest where there is no GPU. */
export class Canvas2dCompositor implements Compositor {
  readonly kind = "canvas2d";
  readonly #painters = new Map<string, ScenePainter>();
  #size: Size = { width: 16, height: 16 };
  #context = opaqueCanvas(this.#size);
  #second: OffscreenCanvasRenderingContext2D | undefined;
  #last = "";

  resize(size: Size): void {
    if (size.width === this.#size.width && size.height === this.#size.height) return;
    this.#size = size;
    this.#context = opaqueCanvas(size);
    this.#second = undefined;
    this.#painters.clear();
    this.#last = "";
  }

  compose(showing: Showing): boolean {
    const what = showing.kind === "scene" ? `scene:${showing.scene.id}` : showing.kind;
    const again = what === this.#last;
    this.#last = what;
    switch (showing.kind) {
      case "blank":
        this.#keep([]);
        if (again) return false;
        this.#context.fillStyle = "#000000";
        this.#context.fillRect(0, 0, this.#size.width, this.#size.height);
        return true;
      case "scene": {
        this.#keep([showing.scene.id]);
        const changed = this.#paint(showing.scene, this.#context, again);
        return changed;
      }
      case "under":
        this.#keep([showing.scene.id]);
        this.#paint(showing.scene, this.#context, false);
        this.#drawStinger(showing);
        return true;
      case "mix": {
        const { from, to, how, progress } = showing;
        this.#keep([from.id, to.id]);
        this.#paint(from, this.#context, false);
        this.#second ??= opaqueCanvas(this.#size);
        this.#paint(to, this.#second, false);
        if (how.kind === "fade") this.#context.globalAlpha = progress;
        const { x, y } = how.kind === "slide" ? this.#offset(how.from, 1 - progress) : { x: 0, y: 0 };
        this.#context.drawImage(this.#second.canvas, x, y);
        this.#context.globalAlpha = 1;
        return true;
      }
    }
  }

  picture(): OffscreenCanvas {
    return this.#context.canvas;
  }

  close(): void {
    this.#painters.clear();
  }

  /** Painters of scenes that nobody sees let go of their pictures. */
  #keep(ids: readonly string[]): void {
    for (const id of this.#painters.keys()) if (!ids.includes(id)) this.#painters.delete(id);
  }

  #paint({ id, layers }: SceneView, context: OffscreenCanvasRenderingContext2D, again: boolean): boolean {
    let painter = this.#painters.get(id);
    if (painter === undefined) {
      painter = new ScenePainter(this.#size);
      this.#painters.set(id, painter);
    }
    const changed = painter.look(layers);
    if (!changed && again) return false;
    painter.paint(context);
    return true;
  }

  #drawStinger({ stinger }: Extract<Showing, { kind: "under" }>): void {
    const { width, height } = this.#size;
    const transform = {
      ...{ x: width / 2, y: height / 2, width, height, rotationDeg: 0, flipX: false, flipY: false },
      ...{ crop: { left: 0, top: 0, right: 0, bottom: 0 }, opacity: 1, blend: "normal" as const },
    };
    drawLayer(this.#context, { id: "stinger", content: stinger, transform }, false);
  }

  #offset(from: SlideSide, rest: number): { x: number; y: number } {
    const { width, height } = this.#size;
    const x = from === "left" ? -width : from === "right" ? width : 0;
    const y = from === "top" ? -height : from === "bottom" ? height : 0;
    return { x: x * rest, y: y * rest };
  }
}
