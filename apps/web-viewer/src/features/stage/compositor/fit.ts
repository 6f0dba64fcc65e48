import type { Rect } from "@footlight/realtime/stage/layouts.ts";

export interface Cut {
  /** Of the picture. */
  readonly from: Rect;
  /** On the canvas. */
  readonly to: Rect;
}

/** How a picture of this size goes into a place: cut to it, or whole with bars. */
export function fitInto(
  place: Rect & { readonly fit: "cover" | "contain" },
  width: number,
  height: number,
): Cut {
  const scale =
    place.fit === "cover"
      ? Math.max(place.width / width, place.height / height)
      : Math.min(place.width / width, place.height / height);
  const shown = {
    width: Math.min(place.width, width * scale),
    height: Math.min(place.height, height * scale),
  };
  return {
    from: {
      x: (width - shown.width / scale) / 2,
      y: (height - shown.height / scale) / 2,
      width: shown.width / scale,
      height: shown.height / scale,
    },
    to: {
      x: place.x + (place.width - shown.width) / 2,
      y: place.y + (place.height - shown.height) / 2,
      ...shown,
    },
  };
}
