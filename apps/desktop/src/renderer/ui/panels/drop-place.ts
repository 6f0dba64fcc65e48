import type { Target } from "../../../model/panels/layout.ts";

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Of a stack's length, at each end: what is let go there stands beside it, else it becomes a tab of it. */
const EDGE = 0.25;
/** A header is always for tabs. */
const HEADER_PX = 36;

/** What becomes of a panel that is let go over a stack; docks at the sides stack downwards, the bottom one rightwards. */
export const dropAs = (
  box: Box,
  at: { readonly x: number; readonly y: number },
  runs: "down" | "right",
): Extract<Target, { stackId: string }>["as"] => {
  const x = (at.x - box.left) / box.width;
  const y = (at.y - box.top) / box.height;
  if (runs === "down" && at.y - box.top < HEADER_PX && box.height > 3 * HEADER_PX)
    return at.y - box.top < HEADER_PX / 4 ? "before" : "tab";
  const along = runs === "down" ? y : x;
  if (along < EDGE) return "before";
  return along > 1 - EDGE ? "after" : "tab";
};
