import { type Transform, transformSchema } from "../../src/model/document.ts";
import { Canvas2dCompositor } from "../../src/renderer/engine/compositor/canvas2d-compositor.ts";
import type {
  Compositor,
  Layer,
  SceneView,
  Showing,
} from "../../src/renderer/engine/compositor/compositor.ts";
import { Webgl2Compositor } from "../../src/renderer/engine/compositor/webgl2-compositor.ts";
import { clearCanvas, type PictureSource } from "../../src/renderer/engine/sources/picture-source.ts";

/** In the page of compositors.html: both draw the same, and their pixels are compared. */
export interface Item {
  /** A picture of four quarters, each of its own colour, from the top left, row by row. */
  readonly quarters: readonly [string, string, string, string];
  readonly transform: Partial<Transform>;
}
export type Shown =
  | { readonly kind: "scene"; readonly items: readonly Item[] }
  | {
      readonly kind: "mix";
      readonly from: readonly Item[];
      readonly to: readonly Item[];
      readonly how: Extract<Showing, { kind: "mix" }>["how"];
      readonly progress: number;
    };

const CANVAS = { width: 64, height: 36 };

const sourceOf = (quarters: Item["quarters"]): PictureSource => {
  const size = { width: 32, height: 18 };
  const context = clearCanvas(size);
  quarters.forEach((colour, i) => {
    context.fillStyle = colour;
    context.fillRect((i % 2) * 16, Math.floor(i / 2) * 9, 16, 9);
  });
  const still = { size, version: 1, captureMs: undefined, picture: () => context.canvas, update: () => true };
  return { ...still, advance: () => undefined, setWanted: () => undefined, close: () => undefined };
};

const viewOf = (id: string, items: readonly Item[]): SceneView => ({
  id,
  layers: items.map(({ quarters, transform }, i): Layer => {
    const filling = { x: 32, y: 18, width: 64, height: 36, ...transform };
    return { id: `${id}${i}`, content: sourceOf(quarters), transform: transformSchema.parse(filling) };
  }),
});

function pixels(compositor: Compositor, showing: Showing): number[] {
  compositor.resize(CANVAS);
  // Some frames, so that what stands still is baked.
  const changes = Array.from({ length: 6 }, () => compositor.compose(showing));
  if (showing.kind === "scene" && changes.lastIndexOf(true) !== 0) throw new Error("drawn again for nothing");
  const context = clearCanvas(CANVAS);
  context.drawImage(compositor.picture(), 0, 0);
  compositor.close();
  return [...context.getImageData(0, 0, CANVAS.width, CANVAS.height).data];
}

/** The pictures of both, and how far their channels are apart, without the seams that each smooths its own way. */
function compare(shown: Shown): { drawn: number[]; apart: number } {
  const showing: Showing =
    shown.kind === "scene"
      ? { kind: "scene", scene: viewOf("s", shown.items) }
      : { ...shown, from: viewOf("a", shown.from), to: viewOf("b", shown.to) };
  const [drawn, other] = [new Canvas2dCompositor(), new Webgl2Compositor()].map((one) =>
    pixels(one, showing),
  );
  if (drawn === undefined || other === undefined) throw new Error("nothing was drawn");
  let apart = 0;
  const row = 4 * CANVAS.width;
  for (let at = 2 * row; at < drawn.length - 2 * row; at += 1) {
    const near = [-2 * row, -row, -8, -4, 4, 8, row, 2 * row].map((step) => drawn[at + step] ?? 0);
    const seam = Math.max(...near) - Math.min(...near) > 2;
    if (!seam) apart = Math.max(apart, Math.abs((drawn[at] ?? 0) - (other[at] ?? 0)));
  }
  return { drawn, apart };
}

declare global {
  var compareCompositors: typeof compare;
}
globalThis.compareCompositors = compare;
