import type { Transform } from "../document.ts";
import { around, bounds, movedBy, type Size } from "./box.ts";

export type Edge = "left" | "centre" | "right" | "top" | "middle" | "bottom";

/** Items moved together so that the box around them stands at an edge or in the middle of the canvas. */
export const aligned = (transforms: readonly Transform[], canvas: Size, edge: Edge): Transform[] => {
  const box = around(transforms.map(bounds));
  const dx = {
    left: -box.left,
    centre: canvas.width / 2 - (box.left + box.right) / 2,
    right: canvas.width - box.right,
    top: 0,
    middle: 0,
    bottom: 0,
  }[edge];
  const dy = {
    left: 0,
    centre: 0,
    right: 0,
    top: -box.top,
    middle: canvas.height / 2 - (box.top + box.bottom) / 2,
    bottom: canvas.height - box.bottom,
  }[edge];
  return transforms.map((transform) => movedBy(transform, dx, dy));
};

export type Filling = "fit" | "fill" | "stretch";

/**
 * The item upright in the middle of the canvas: whole (`fit`), without a rim (`fill`) or both (`stretch`, which
 * distorts). `natural` is the source's own size; without it the item's aspect is kept.
 */
export const placed = (
  transform: Transform,
  canvas: Size,
  filling: Filling,
  natural: Size | null,
): Transform => {
  const { crop } = transform;
  const size = natural
    ? {
        width: natural.width * (1 - crop.left - crop.right),
        height: natural.height * (1 - crop.top - crop.bottom),
      }
    : transform;
  const byX = canvas.width / Math.max(1, size.width);
  const byY = canvas.height / Math.max(1, size.height);
  const factor = filling === "fit" ? Math.min(byX, byY) : Math.max(byX, byY);
  return {
    ...transform,
    x: canvas.width / 2,
    y: canvas.height / 2,
    rotationDeg: 0,
    width: filling === "stretch" ? canvas.width : Math.max(1, size.width * factor),
    height: filling === "stretch" ? canvas.height : Math.max(1, size.height * factor),
  };
};

/** A source's own size, or as much of it as the canvas holds; in the middle. */
export const atNaturalSize = (transform: Transform, canvas: Size, natural: Size): Transform => {
  const whole = placed(transform, canvas, "fit", natural);
  const width = natural.width * (1 - transform.crop.left - transform.crop.right);
  const height = natural.height * (1 - transform.crop.top - transform.crop.bottom);
  return width <= canvas.width && height <= canvas.height ? { ...whole, width, height } : whole;
};
