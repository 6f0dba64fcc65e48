import { describe, expect, it } from "vitest";
import { drawCard } from "./card.ts";
import { strokesOf, textWidth } from "./lettering.ts";

const GROUND_Y = 28;

/** Columns and rows of brightness that are not the ground. */
function inked(card: Buffer, width: number, height: number) {
  const columns = new Set<number>();
  const rows = new Set<number>();
  for (let i = 0; i < width * height; i += 1) {
    if (card[i] === GROUND_Y) continue;
    columns.add(i % width);
    rows.add(Math.floor(i / width));
  }
  return { left: Math.min(...columns), right: Math.max(...columns), rows };
}

describe("letters", () => {
  it("are there for all that usernames are made of", () => {
    for (const letter of "abcdefghijklmnopqrstuvwxyz0123456789_") {
      expect(strokesOf(letter).length, letter).toBeGreaterThan(0);
    }
  });

  it("stand side by side, and leave room for what has no strokes", () => {
    expect(textWidth("ab")).toBe(10);
    const xs = strokesOf("a i").flatMap(({ x1, x2 }) => [x1, x2]);
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([0, 10]);
    expect(strokesOf("é")).toEqual([]);
  });
});

describe("a slate's card", () => {
  it.each([
    ["wide", 1_280, 720, "mira"],
    ["tall", 360, 640, "mira"],
    ["for a long name", 640, 360, "m".repeat(32)],
    ["of the least size", 2, 2, "mira"],
  ])("is whole: %s", (_, width, height, name) => {
    const card = drawCard({ width, height }, name);
    expect(card.length).toBe((width * height * 3) / 2);
  });

  it("keeps its words inside of the picture, in the middle", () => {
    for (const name of ["i", "mira", "m".repeat(32)]) {
      const { left, right } = inked(drawCard({ width: 640, height: 360 }, name), 640, 360);
      expect(left).toBeGreaterThan(640 * 0.05);
      expect(Math.abs(left + right - 640)).toBeLessThan(640 * 0.02);
    }
  });

  it("differs by the name", () => {
    const size = { width: 320, height: 180 };
    expect(drawCard(size, "ada").equals(drawCard(size, "ben"))).toBe(false);
  });
});
