import type { Box, Point, Size } from "./box.ts";

/** A line that something snapped to, to be drawn while it holds. */
export interface SnapLine {
  /** `x`: upright at that x. */
  readonly axis: "x" | "y";
  readonly at: number;
}

export interface Snapped {
  readonly dx: number;
  readonly dy: number;
  readonly lines: readonly SnapLine[];
}

/** Where things snap to: edges and middle of the canvas and of its neighbours. */
export interface Guides {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export const guidesOf = (canvas: Size, neighbours: readonly Box[]): Guides => ({
  x: [
    0,
    canvas.width / 2,
    canvas.width,
    ...neighbours.flatMap((box) => [box.left, (box.left + box.right) / 2, box.right]),
  ],
  y: [
    0,
    canvas.height / 2,
    canvas.height,
    ...neighbours.flatMap((box) => [box.top, (box.top + box.bottom) / 2, box.bottom]),
  ],
});

/** The nearest guide of any of the marks; null beyond `reach`. */
const nearest = (marks: readonly number[], guides: readonly number[], reach: number) => {
  let best: { by: number; at: number } | null = null;
  for (const mark of marks)
    for (const at of guides) {
      const by = at - mark;
      if (Math.abs(by) <= reach && (best === null || Math.abs(by) < Math.abs(best.by))) best = { by, at };
    }
  return best;
};

const result = (x: { by: number; at: number } | null, y: { by: number; at: number } | null): Snapped => ({
  dx: x?.by ?? 0,
  dy: y?.by ?? 0,
  lines: [...(x ? [{ axis: "x" as const, at: x.at }] : []), ...(y ? [{ axis: "y" as const, at: y.at }] : [])],
});

/** By how much a box that is being moved should go on, so that an edge or its middle lies on a guide. */
export const snapBox = (box: Box, guides: Guides, reach: number): Snapped =>
  result(
    nearest([box.left, (box.left + box.right) / 2, box.right], guides.x, reach),
    nearest([box.top, (box.top + box.bottom) / 2, box.bottom], guides.y, reach),
  );

/** The same for a held edge or corner; an axis that is not pulled does not snap. */
export const snapPoint = (
  point: Point,
  guides: Guides,
  reach: number,
  axes: { x: boolean; y: boolean },
): Snapped =>
  result(
    axes.x ? nearest([point.x], guides.x, reach) : null,
    axes.y ? nearest([point.y], guides.y, reach) : null,
  );
