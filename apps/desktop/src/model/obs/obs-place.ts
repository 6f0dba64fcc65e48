import type { Transform } from "../document.ts";
import { type Point, type Size, turned } from "../geometry/box.ts";
import { clamp, type ObsItem } from "./obs-file.ts";

const LEFT = 1;
const RIGHT = 2;
const TOP = 4;
const BOTTOM = 8;

/** −1, 0 or 1 an axis: which point of a box an alignment names. */
const pointOf = (align: number): Point => ({
  x: align & LEFT ? -1 : align & RIGHT ? 1 : 0,
  y: align & TOP ? -1 : align & BOTTOM ? 1 : 0,
});

/** obs.h `enum obs_bounds_type`. */
const BOUNDS = { stretch: 1, inner: 2, outer: 3, width: 4, height: 5, most: 6 };

/** `natural` is the source's own size, which OBS' scales and crops refer to. */
export const placeOf = (item: ObsItem, natural: Size): Transform => {
  const crop = {
    left: clamp(item.crop_left / natural.width, 0, 0.99),
    right: 0,
    top: clamp(item.crop_top / natural.height, 0, 0.99),
    bottom: 0,
  };
  crop.right = clamp(item.crop_right / natural.width, 0, 0.99 - crop.left);
  crop.bottom = clamp(item.crop_bottom / natural.height, 0, 0.99 - crop.top);
  const seen = {
    width: natural.width * (1 - crop.left - crop.right),
    height: natural.height * (1 - crop.top - crop.bottom),
  };
  const bounded = item.bounds_type !== 0 && item.bounds.x > 0 && item.bounds.y > 0;
  const size = bounded
    ? withinBounds(item, seen)
    : { width: seen.width * Math.abs(item.scale.x), height: seen.height * Math.abs(item.scale.y) };
  const centre = turned(offsetToCentre(item, size, bounded), item.rot);
  return {
    x: item.pos.x + centre.x,
    y: item.pos.y + centre.y,
    width: clamp(size.width, 1, 16_384),
    height: clamp(size.height, 1, 16_384),
    rotationDeg: ((((item.rot + 180) % 360) + 360) % 360) - 180,
    flipX: item.scale.x < 0,
    flipY: item.scale.y < 0,
    crop,
    opacity: 1,
    blend: blendOf(item.blend_type),
  };
};

/** From the point that stands at `pos` to the item's middle, before turning. */
const offsetToCentre = (item: ObsItem, size: Size, bounded: boolean): Point => {
  const anchor = pointOf(item.align);
  if (!bounded) {
    // What is mirrored lies on the other side of its point.
    const sign = { x: item.scale.x < 0 ? -1 : 1, y: item.scale.y < 0 ? -1 : 1 };
    return { x: (-anchor.x * sign.x * size.width) / 2, y: (-anchor.y * sign.y * size.height) / 2 };
  }
  const inside = pointOf(item.bounds_align);
  return {
    x: (-anchor.x * item.bounds.x) / 2 + (inside.x * (item.bounds.x - size.width)) / 2,
    y: (-anchor.y * item.bounds.y) / 2 + (inside.y * (item.bounds.y - size.height)) / 2,
  };
};

const withinBounds = (item: ObsItem, seen: Size): Size => {
  const byX = item.bounds.x / seen.width;
  const byY = item.bounds.y / seen.height;
  const scaled = (factor: number) => ({ width: seen.width * factor, height: seen.height * factor });
  switch (item.bounds_type) {
    case BOUNDS.inner:
      return scaled(Math.min(byX, byY));
    case BOUNDS.outer:
      return scaled(Math.max(byX, byY));
    case BOUNDS.width:
      return scaled(byX);
    case BOUNDS.height:
      return scaled(byY);
    case BOUNDS.most:
      return scaled(Math.min(1, byX, byY));
    default:
      return { width: item.bounds.x, height: item.bounds.y };
  }
};

const BLENDS: Record<string, Transform["blend"]> = {
  normal: "normal",
  additive: "add",
  multiply: "multiply",
  screen: "screen",
  darken: "darken",
  lighten: "lighten",
};
const blendOf = (type: string): Transform["blend"] => BLENDS[type] ?? "normal";
