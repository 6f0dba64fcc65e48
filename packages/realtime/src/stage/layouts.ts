import type { StageLayout } from "@footlight/shared";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Something to be shown: a person's camera, somebody's screen, or the programme. */
export interface Item {
  readonly id: string;
  /** Whose it is; null for the programme. */
  readonly owner: string | null;
  readonly kind: "camera" | "screen" | "programme";
}

export interface Place extends Rect {
  readonly id: string;
  /** A screen is shown whole; a camera fills its place. */
  readonly fit: "cover" | "contain";
}

export interface Area {
  readonly width: number;
  readonly height: number;
  readonly gap: number;
}

const CAMERA_ASPECT = 16 / 9;
/** Of a layout with one large place: the part of the area that the small ones take. */
const STRIP = 0.22;

/**
 * Where each item goes, in the area's units. `speaker` takes the large place where the layout names nobody.
 * Without items there are no places.
 */
export function arrange(
  layout: StageLayout,
  items: readonly Item[],
  area: Area,
  speaker: string | null = null,
): Place[] {
  if (items.length === 0) return [];
  switch (layout.kind) {
    case "grid":
      return grid(items, whole(area), area.gap);
    case "spotlight":
      return largeAndStrip(large(layout, items, speaker), items, area);
    case "side_by_side":
      return sideBySide(layout, items, area, speaker);
    case "picture_in_picture":
      return pictureInPicture(large(layout, items, speaker), items, area);
    case "screen_share": {
      const screen = sharedOf(layout, items);
      return screen === undefined
        ? largeAndStrip(large(layout, items, speaker), items, area)
        : largeAndStrip(screen, items, area);
    }
  }
}

const whole = ({ width, height }: Area): Rect => ({ x: 0, y: 0, width, height });

const isShared = ({ kind }: Item): boolean => kind !== "camera";

/** A screen, else the programme; the one whose owner the layout names first. */
function sharedOf({ spotlight }: StageLayout, items: readonly Item[]): Item | undefined {
  const screens = items.filter(({ kind }) => kind === "screen");
  return screens.find(({ owner }) => owner === spotlight) ?? screens[0] ?? items.find(isShared);
}

function large({ spotlight }: StageLayout, items: readonly Item[], speaker: string | null): Item | undefined {
  const of = (id: string | null) =>
    id === null ? undefined : items.find(({ owner, kind }) => owner === id && kind === "camera");
  return of(spotlight) ?? items.find(isShared) ?? of(speaker) ?? items[0];
}

const placed = (item: Item, rect: Rect): Place => ({
  id: item.id,
  fit: item.kind === "camera" ? "cover" : "contain",
  x: Math.round(rect.x),
  y: Math.round(rect.y),
  width: Math.round(rect.width),
  height: Math.round(rect.height),
});

/** Rows and columns in which the tiles are largest; of a camera's shape, so that nothing of it is cut off. */
function grid(items: readonly Item[], area: Rect, gap: number): Place[] {
  const best = { columns: 1, size: 0 };
  for (let columns = 1; columns <= items.length; columns += 1) {
    const cell = cellOf(items.length, columns, area, gap);
    const size = cell.width * cell.height;
    if (size > best.size) Object.assign(best, { columns, size });
  }
  const { columns } = best;
  const { width, height, rows } = cellOf(items.length, columns, area, gap);
  const top = area.y + (area.height - rows * height - (rows - 1) * gap) / 2;
  return items.map((item, i) => {
    const row = Math.floor(i / columns);
    const inRow = row === rows - 1 ? items.length - row * columns : columns;
    const left = area.x + (area.width - inRow * width - (inRow - 1) * gap) / 2;
    const x = left + (i - row * columns) * (width + gap);
    return placed(item, { x, y: top + row * (height + gap), width, height });
  });
}

function cellOf(count: number, columns: number, area: Rect, gap: number) {
  const rows = Math.ceil(count / columns);
  const most = {
    width: Math.max(0, (area.width - (columns - 1) * gap) / columns),
    height: Math.max(0, (area.height - (rows - 1) * gap) / rows),
  };
  const width = Math.min(most.width, most.height * CAMERA_ASPECT);
  return { rows, width, height: width / CAMERA_ASPECT };
}

/** One large, the others in a strip: at the side of a wide area, below in a tall one. */
function largeAndStrip(main: Item | undefined, items: readonly Item[], area: Area): Place[] {
  if (main === undefined) return [];
  const others = items.filter((item) => item !== main);
  if (others.length === 0) return [placed(main, whole(area))];
  const { width, height, gap } = area;
  if (width >= height) {
    const strip = Math.round(width * STRIP);
    const rest = { x: width - strip, y: 0, width: strip, height };
    const mainRect = { x: 0, y: 0, width: width - strip - gap, height };
    return [placed(main, mainRect), ...grid(others, rest, gap)];
  }
  const strip = Math.round(height * 0.3);
  const rest = { x: 0, y: height - strip, width, height: strip };
  const mainRect = { x: 0, y: 0, width, height: height - strip - gap };
  return [placed(main, mainRect), ...grid(others, rest, gap)];
}

/** Two of equal size; whoever else is there goes into a strip below. */
function sideBySide(
  layout: StageLayout,
  items: readonly Item[],
  area: Area,
  speaker: string | null,
): Place[] {
  const [first] = items;
  const main = large(layout, items, speaker);
  // The host, or who comes first, is one of the two; the other one is large by the layout's rule.
  const second = main === first ? items.find((item) => item !== first) : main;
  if (first === undefined || second === undefined) return first ? [placed(first, whole(area))] : [];
  const others = items.filter((item) => item !== first && item !== second);
  const { width, gap } = area;
  const strip = others.length === 0 ? 0 : Math.round(area.height * STRIP);
  const height = area.height - (strip === 0 ? 0 : strip + gap);
  const rest = { x: 0, y: area.height - strip, width, height: strip };
  const strips = others.length === 0 ? [] : grid(others, rest, gap);
  if (width < height) {
    const half = (height - gap) / 2;
    return [
      placed(first, { x: 0, y: 0, width, height: half }),
      placed(second, { x: 0, y: half + gap, width, height: half }),
      ...strips,
    ];
  }
  const half = (width - gap) / 2;
  return [
    placed(first, { x: 0, y: 0, width: half, height }),
    placed(second, { x: half + gap, y: 0, width: half, height }),
    ...strips,
  ];
}

/** One fills everything, the others lie on it, in the corner below to the right and from there on. */
function pictureInPicture(main: Item | undefined, items: readonly Item[], area: Area): Place[] {
  if (main === undefined) return [];
  const others = items.filter((item) => item !== main);
  const { width, height } = area;
  const gap = Math.max(area.gap, 1);
  const wanted = Math.min(width, height * CAMERA_ASPECT) * 0.24;
  const inset = Math.min(wanted, (width - gap) / Math.max(1, others.length) - gap);
  const insetHeight = inset / CAMERA_ASPECT;
  return [
    placed(main, whole(area)),
    ...others.map((item, i) =>
      placed(item, {
        x: width - (i + 1) * (inset + gap),
        y: height - insetHeight - gap,
        width: inset,
        height: insetHeight,
      }),
    ),
  ];
}
