import type { Transform } from "../document.ts";
import type { Size } from "../geometry/box.ts";
import { clamp, type ObsItem, type ObsSource, valuesOf } from "./obs-file.ts";
import { placeOf } from "./obs-place.ts";

/** A group of OBS: as large as the box around its items, which are placed within it. */
export interface ObsGroup {
  readonly size: Size;
  /** Ours is a scene of the canvas' size: a larger group is made so much smaller in it, and shown larger. */
  readonly factor: number;
}

export const groupOf = (source: ObsSource, canvas: Size): ObsGroup => {
  const of = valuesOf(source.settings);
  const size = {
    width: clamp(of.number("cx", canvas.width), 1, 16_384),
    height: clamp(of.number("cy", canvas.height), 1, 16_384),
  };
  return { size, factor: Math.min(1, canvas.width / size.width, canvas.height / size.height) };
};

export const scaled = (item: ObsItem, factor: number): ObsItem => {
  const by = ({ x, y }: ObsItem["pos"]) => ({ x: x * factor, y: y * factor });
  return factor === 1 ? item : { ...item, pos: by(item.pos), scale: by(item.scale), bounds: by(item.bounds) };
};

/** Of the scene that a group became, the corner that the group is. */
export const groupPlaceOf = (item: ObsItem, { size, factor }: ObsGroup, canvas: Size): Transform => {
  const transform = placeOf(item, size);
  const { crop } = transform;
  const across = (size.width * factor) / canvas.width;
  const down = (size.height * factor) / canvas.height;
  return {
    ...transform,
    crop: {
      left: crop.left * across,
      right: 1 - across * (1 - crop.right),
      top: crop.top * down,
      bottom: 1 - down * (1 - crop.bottom),
    },
  };
};
