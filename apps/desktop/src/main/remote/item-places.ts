import { z } from "zod";
import type { Item, Transform } from "../../model/document.ts";
import { type Size, turned } from "../../model/geometry/box.ts";
import type { ObsItem } from "../../model/obs/obs-file.ts";
import { placeOf } from "../../model/obs/obs-place.ts";
import { RequestFault, status } from "./messages.ts";

/** By number, as OBS' files have them (obs.h `enum obs_bounds_type`). */
const BOUNDS = [
  "OBS_BOUNDS_NONE",
  "OBS_BOUNDS_STRETCH",
  "OBS_BOUNDS_SCALE_INNER",
  "OBS_BOUNDS_SCALE_OUTER",
  "OBS_BOUNDS_SCALE_TO_WIDTH",
  "OBS_BOUNDS_SCALE_TO_HEIGHT",
  "OBS_BOUNDS_MAX_ONLY",
] as const;
/** Of the top left corner, which is what scripts expect `positionX` to be of. */
const TOP_LEFT = 5;

const position = z.number().min(-90_001).max(90_001);
const bound = z.number().min(1).max(90_001);
const alignment = z.number().int().min(0).max(10);
const cut = z.number().int().min(0).max(100_000);
/** Ranges are those of obs-websocket. */
export const placeSchema = z
  .object({
    positionX: position,
    positionY: position,
    rotation: z.number().min(-360).max(360),
    scaleX: z.number(),
    scaleY: z.number(),
    alignment,
    boundsType: z.enum(BOUNDS),
    boundsAlignment: alignment,
    boundsWidth: bound,
    boundsHeight: bound,
    cropLeft: cut,
    cropTop: cut,
    cropRight: cut,
    cropBottom: cut,
  })
  .partial();
type Place = z.infer<typeof placeSchema>;

/**
 * Where items stand, in the protocol's way of saying it. Ours keeps a centre and a size; what a client has said beyond
 * that (which corner it counts from, what it fits into) is remembered until the item is moved by somebody else.
 */
export class ItemPlaces {
  readonly #said = new WeakMap<Transform, ObsItem>();

  told({ transform }: Item, natural: Size) {
    const item = this.#said.get(transform) ?? obsItemOf(transform, natural);
    return {
      positionX: item.pos.x,
      positionY: item.pos.y,
      rotation: item.rot,
      scaleX: item.scale.x,
      scaleY: item.scale.y,
      width: transform.width,
      height: transform.height,
      sourceWidth: natural.width,
      sourceHeight: natural.height,
      alignment: item.align,
      boundsType: BOUNDS[item.bounds_type] ?? BOUNDS[0],
      boundsAlignment: item.bounds_align,
      boundsWidth: item.bounds.x,
      boundsHeight: item.bounds.y,
      cropLeft: item.crop_left,
      cropTop: item.crop_top,
      cropRight: item.crop_right,
      cropBottom: item.crop_bottom,
    };
  }

  /** The place after a client's changes. */
  changed({ transform }: Item, change: Place, natural: Size): Transform {
    if (Object.keys(change).length === 0)
      throw new RequestFault(status.cannotAct, "there is nothing of a place in it");
    const before = this.#said.get(transform) ?? obsItemOf(transform, natural);
    const item: ObsItem = {
      ...before,
      pos: { x: change.positionX ?? before.pos.x, y: change.positionY ?? before.pos.y },
      rot: change.rotation ?? before.rot,
      scale: { x: change.scaleX ?? before.scale.x, y: change.scaleY ?? before.scale.y },
      align: change.alignment ?? before.align,
      bounds_type: change.boundsType ? BOUNDS.indexOf(change.boundsType) : before.bounds_type,
      bounds_align: change.boundsAlignment ?? before.bounds_align,
      bounds: { x: change.boundsWidth ?? before.bounds.x, y: change.boundsHeight ?? before.bounds.y },
      crop_left: change.cropLeft ?? before.crop_left,
      crop_top: change.cropTop ?? before.crop_top,
      crop_right: change.cropRight ?? before.crop_right,
      crop_bottom: change.cropBottom ?? before.crop_bottom,
    };
    const { opacity, blend } = transform;
    const next = { ...placeOf(item, natural), opacity, blend };
    this.#said.set(next, item);
    return next;
  }
}

/** Our place as OBS would keep it: unbounded, counted from the corner that was the top left before turning. */
function obsItemOf(transform: Transform, natural: Size): ObsItem {
  const { x, y, width, height, rotationDeg, flipX, flipY, crop } = transform;
  const seen = {
    width: natural.width * (1 - crop.left - crop.right),
    height: natural.height * (1 - crop.top - crop.bottom),
  };
  // What is mirrored lies on the other side of its point.
  const corner = turned(
    { x: ((flipX ? 1 : -1) * width) / 2, y: ((flipY ? 1 : -1) * height) / 2 },
    rotationDeg,
  );
  return {
    name: "",
    visible: true,
    locked: false,
    rot: rotationDeg,
    pos: { x: x + corner.x, y: y + corner.y },
    scale: { x: ((flipX ? -1 : 1) * width) / seen.width, y: ((flipY ? -1 : 1) * height) / seen.height },
    align: TOP_LEFT,
    bounds_type: 0,
    bounds_align: 0,
    bounds: { x: 0, y: 0 },
    crop_left: Math.round(crop.left * natural.width),
    crop_top: Math.round(crop.top * natural.height),
    crop_right: Math.round(crop.right * natural.width),
    crop_bottom: Math.round(crop.bottom * natural.height),
    blend_type: "normal",
  };
}

/** A source's own size; where the engine has not told it, what the item would show of it at scale 1. */
export function naturalSize({ transform }: Item, told: Size | undefined): Size {
  if (told !== undefined) return told;
  const { width, height, crop } = transform;
  return {
    width: width / Math.max(0.01, 1 - crop.left - crop.right),
    height: height / Math.max(0.01, 1 - crop.top - crop.bottom),
  };
}
