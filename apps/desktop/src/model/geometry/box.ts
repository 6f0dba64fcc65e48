import type { Item, Transform } from "../document.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Upright, in canvas pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A vector turned clockwise, as y points down. */
export const turned = ({ x, y }: Point, degrees: number): Point => {
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return { x: x * cos - y * sin, y: x * sin + y * cos };
};

/** A canvas point as seen from an item's centre along its own axes. */
export const toLocal = (transform: Transform, point: Point): Point =>
  turned({ x: point.x - transform.x, y: point.y - transform.y }, -transform.rotationDeg);

export const toCanvas = (transform: Transform, local: Point): Point => {
  const { x, y } = turned(local, transform.rotationDeg);
  return { x: transform.x + x, y: transform.y + y };
};

/** Top left, top right, bottom right, bottom left of the item as it lies before turning, where they are after it. */
export const corners = (transform: Transform): [Point, Point, Point, Point] => {
  const at = (signX: number, signY: number) =>
    toCanvas(transform, { x: (signX * transform.width) / 2, y: (signY * transform.height) / 2 });
  return [at(-1, -1), at(1, -1), at(1, 1), at(-1, 1)];
};

/** The upright box around a turned item. */
export const bounds = (transform: Transform): Box => {
  const points = corners(transform);
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
};

export const around = (boxes: readonly Box[]): Box => ({
  left: Math.min(...boxes.map((box) => box.left)),
  top: Math.min(...boxes.map((box) => box.top)),
  right: Math.max(...boxes.map((box) => box.right)),
  bottom: Math.max(...boxes.map((box) => box.bottom)),
});

export const contains = (transform: Transform, point: Point): boolean => {
  const local = toLocal(transform, point);
  return Math.abs(local.x) <= transform.width / 2 && Math.abs(local.y) <= transform.height / 2;
};

/** The topmost item under a point that can be taken hold of: neither hidden nor locked. */
export const itemAt = (items: readonly Item[], point: Point): Item | undefined =>
  items.findLast((item) => item.visible && !item.locked && contains(item.transform, point));

export const movedBy = (transform: Transform, dx: number, dy: number): Transform => ({
  ...transform,
  x: transform.x + dx,
  y: transform.y + dy,
});
