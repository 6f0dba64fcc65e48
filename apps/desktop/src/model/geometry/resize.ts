import type { Transform } from "../document.ts";
import { type Point, toCanvas, toLocal } from "./box.ts";

/** Which edge or corner is held: −1 left or top, 1 right or bottom, 0 neither. */
export interface Handle {
  readonly x: -1 | 0 | 1;
  readonly y: -1 | 0 | 1;
}

export const HANDLES: readonly Handle[] = [
  { x: -1, y: -1 },
  { x: 0, y: -1 },
  { x: 1, y: -1 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
  { x: -1, y: 1 },
  { x: -1, y: 0 },
];

const SMALLEST = 8;
const LARGEST = 16_384;
const within = (value: number) => Math.min(LARGEST, Math.max(SMALLEST, value));

export const handleAt = (transform: Transform, handle: Handle): Point =>
  toCanvas(transform, { x: (handle.x * transform.width) / 2, y: (handle.y * transform.height) / 2 });

/**
 * The item with its handle at `point` and the opposite side where it was, or with its centre where it was. With
 * `keepAspect` a corner follows whichever axis was pulled further, and an edge takes the other axis along.
 */
export const resized = (
  transform: Transform,
  handle: Handle,
  point: Point,
  { keepAspect, fromCentre }: { keepAspect: boolean; fromCentre: boolean },
): Transform => {
  const local = toLocal(transform, point);
  const reach = fromCentre ? 2 : 1;
  const pulled = (sign: number, at: number, size: number) =>
    sign === 0 ? size : within((sign * at + (fromCentre ? 0 : size / 2)) * reach);
  let width = pulled(handle.x, local.x, transform.width);
  let height = pulled(handle.y, local.y, transform.height);
  if (keepAspect) {
    const byX = width / transform.width;
    const byY = height / transform.height;
    const factor = handle.x === 0 ? byY : handle.y === 0 ? byX : Math.max(byX, byY);
    // Bounded as a whole, so that the smallest and the largest keep the aspect too.
    const least = SMALLEST / Math.min(transform.width, transform.height);
    const most = LARGEST / Math.max(transform.width, transform.height);
    const bounded = Math.min(most, Math.max(Math.min(least, 1), factor));
    width = transform.width * bounded;
    height = transform.height * bounded;
  }
  return grown(transform, handle, width, height, fromCentre);
};

const grown = (
  transform: Transform,
  handle: Handle,
  width: number,
  height: number,
  fromCentre: boolean,
): Transform => {
  if (fromCentre) return { ...transform, width, height };
  const centre = toCanvas(transform, {
    x: (handle.x * (width - transform.width)) / 2,
    y: (handle.y * (height - transform.height)) / 2,
  });
  return { ...transform, x: centre.x, y: centre.y, width, height };
};

/** The item with its side at `point` and nothing of its picture moved: what lies outside is cut off. */
export const cropped = (transform: Transform, handle: Handle, point: Point): Transform => {
  const local = toLocal(transform, point);
  // Of a mirrored source the other side lies under the hand.
  const crop = mirrored(transform.crop, transform);
  // Pixels of the whole source on the canvas.
  const wholeWidth = transform.width / (1 - crop.left - crop.right);
  const wholeHeight = transform.height / (1 - crop.top - crop.bottom);
  const cut = (sign: number, at: number, size: number, whole: number, mine: number, other: number) => {
    if (sign === 0) return mine;
    const share = mine + (size / 2 - sign * at) / whole;
    return Math.min(Math.max(0, share), Math.max(0, 1 - other - SMALLEST / whole));
  };
  const next = {
    left: handle.x < 0 ? cut(-1, local.x, transform.width, wholeWidth, crop.left, crop.right) : crop.left,
    right: handle.x > 0 ? cut(1, local.x, transform.width, wholeWidth, crop.right, crop.left) : crop.right,
    top: handle.y < 0 ? cut(-1, local.y, transform.height, wholeHeight, crop.top, crop.bottom) : crop.top,
    bottom:
      handle.y > 0 ? cut(1, local.y, transform.height, wholeHeight, crop.bottom, crop.top) : crop.bottom,
  };
  const width = wholeWidth * (1 - next.left - next.right);
  const height = wholeHeight * (1 - next.top - next.bottom);
  return { ...grown(transform, handle, width, height, false), crop: mirrored(next, transform) };
};

const mirrored = (
  { left, right, top, bottom }: Transform["crop"],
  { flipX, flipY }: Transform,
): Transform["crop"] => ({
  ...(flipX ? { left: right, right: left } : { left, right }),
  ...(flipY ? { top: bottom, bottom: top } : { top, bottom }),
});

/** Degrees from −180 to 180 so that the item's top points to `point`; in steps of 15 when asked. */
export const rotationTo = (transform: Transform, point: Point, inSteps: boolean): number => {
  const angle = (Math.atan2(point.x - transform.x, transform.y - point.y) * 180) / Math.PI;
  // Upright is found without a steady hand.
  if (!inSteps) return Math.abs(angle) < 2 ? 0 : Math.round(angle * 10) / 10;
  return Math.round(angle / 15) * 15;
};
