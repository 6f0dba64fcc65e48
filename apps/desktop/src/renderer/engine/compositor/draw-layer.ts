import type { Layer } from "./compositor.ts";

const BLENDS = {
  normal: "source-over",
  add: "lighter",
  multiply: "multiply",
  screen: "screen",
  darken: "darken",
  lighten: "lighten",
} as const;

/** Draws one item where the document says; `fine` where it is drawn once and kept. */
export function drawLayer(
  context: OffscreenCanvasRenderingContext2D,
  { content, transform }: Layer,
  fine: boolean,
): void {
  const picture = content.picture();
  const { size } = content;
  if (picture === undefined || size === undefined) return;
  const { x, y, width, height, rotationDeg, flipX, flipY, crop, opacity, blend } = transform;
  const left = crop.left * size.width;
  const top = crop.top * size.height;
  const wide = size.width * (1 - crop.left - crop.right);
  const tall = size.height * (1 - crop.top - crop.bottom);
  if (wide <= 0 || tall <= 0 || opacity === 0) return;
  context.save();
  context.globalAlpha = opacity;
  context.globalCompositeOperation = BLENDS[blend];
  context.imageSmoothingQuality = fine ? "high" : "low";
  context.translate(x, y);
  if (rotationDeg !== 0) context.rotate((rotationDeg * Math.PI) / 180);
  if (flipX || flipY) context.scale(flipX ? -1 : 1, flipY ? -1 : 1);
  context.drawImage(picture, left, top, wide, tall, -width / 2, -height / 2, width, height);
  context.restore();
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The whole pixels of the canvas that the items may touch. */
export function boxOf(layers: readonly Layer[], canvas: { width: number; height: number }): Box {
  let [left, top, right, bottom] = [canvas.width, canvas.height, 0, 0];
  for (const { transform } of layers) {
    const turn = (transform.rotationDeg * Math.PI) / 180;
    const [sin, cos] = [Math.abs(Math.sin(turn)), Math.abs(Math.cos(turn))];
    const halfWide = (transform.width * cos + transform.height * sin) / 2;
    const halfTall = (transform.width * sin + transform.height * cos) / 2;
    left = Math.min(left, transform.x - halfWide);
    right = Math.max(right, transform.x + halfWide);
    top = Math.min(top, transform.y - halfTall);
    bottom = Math.max(bottom, transform.y + halfTall);
  }
  left = Math.max(0, Math.floor(left));
  top = Math.max(0, Math.floor(top));
  const width = Math.max(0, Math.min(canvas.width, Math.ceil(right)) - left);
  const height = Math.max(0, Math.min(canvas.height, Math.ceil(bottom)) - top);
  return { left, top, width, height };
}
