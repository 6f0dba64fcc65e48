import type { StageLayout } from "@footlight/shared";
import { describe, expect, it } from "vitest";
import { type Area, arrange, type Item, type Place } from "./layouts.ts";

const WIDE: Area = { width: 1280, height: 720, gap: 8 };
const TALL: Area = { width: 360, height: 560, gap: 8 };
const KINDS = ["grid", "spotlight", "side_by_side", "picture_in_picture", "screen_share"] as const;

const camera = (owner: string): Item => ({ id: `${owner}/camera`, owner, kind: "camera" });
const screen = (owner: string): Item => ({ id: `${owner}/screen`, owner, kind: "screen" });
const people = (count: number) => Array.from({ length: count }, (_, i) => camera(`p${i}`));
const layout = (kind: StageLayout["kind"], spotlight: string | null = null) =>
  ({ kind, spotlight }) as StageLayout;

const overlap = (a: Place, b: Place) =>
  a.x + 1 < b.x + b.width && b.x + 1 < a.x + a.width && a.y + 1 < b.y + b.height && b.y + 1 < a.y + a.height;
const sizeOf = ({ width, height }: Place) => width * height;
const at = (places: readonly Place[], i: number): Place => {
  const place = places[i];
  if (place === undefined) throw new Error(`no place ${i}`);
  return place;
};

describe("arrange", () => {
  it.each(KINDS)("gives everybody a place inside the area: %s", (kind) => {
    for (const area of [WIDE, TALL]) {
      for (let count = 1; count <= 16; count += 1) {
        const items = people(count);
        const places = arrange(layout(kind), items, area);
        expect(places.map(({ id }) => id).sort()).toEqual(items.map(({ id }) => id).sort());
        for (const place of places) {
          expect(place.width, `${kind} of ${count}`).toBeGreaterThan(8);
          expect(place.height).toBeGreaterThan(8);
          expect(place.x).toBeGreaterThanOrEqual(0);
          expect(place.y).toBeGreaterThanOrEqual(0);
          expect(place.x + place.width).toBeLessThanOrEqual(area.width + 1);
          expect(place.y + place.height).toBeLessThanOrEqual(area.height + 1);
        }
        if (kind === "picture_in_picture") places.shift();
        for (const [i, a] of places.entries())
          for (const b of places.slice(i + 1)) expect(overlap(a, b), `${kind} of ${count}`).toBe(false);
      }
    }
  });

  it.each(KINDS)("shows nothing of nobody: %s", (kind) => {
    expect(arrange(layout(kind), [], WIDE)).toEqual([]);
  });

  it("fills the frame with one person, puts two beside each other and four in a square", () => {
    expect(arrange(layout("grid"), people(1), WIDE)).toEqual([
      { id: "p0/camera", fit: "cover", x: 0, y: 0, width: 1280, height: 720 },
    ]);
    const two = arrange(layout("grid"), people(2), WIDE);
    expect(at(two, 0).y).toBe(at(two, 1).y);
    const four = arrange(layout("grid"), people(4), WIDE);
    expect(four.map(({ y }) => y)).toEqual([0, 0, 364, 364]);
    const tall = arrange(layout("grid"), people(2), TALL);
    expect(at(tall, 0).x).toBe(at(tall, 1).x);
  });

  it("cuts nothing off a camera in a grid, and gives it what room there is", () => {
    const narrow: Area = { width: 350, height: 420, gap: 8 };
    for (const area of [WIDE, TALL, narrow, { width: 1384, height: 590, gap: 8 }]) {
      for (let count = 1; count <= 16; count += 1) {
        for (const { width, height } of arrange(layout("grid"), people(count), area)) {
          expect(Math.abs(width - (height * 16) / 9), `${count} in ${area.width}`).toBeLessThan(2);
        }
      }
    }
    const second = (area: Area) => at(arrange(layout("grid"), people(2), area), 1);
    expect(second(narrow)).toMatchObject({ x: 0, width: 350, height: 197 });
    expect(second(WIDE)).toMatchObject({ x: 644, width: 636, height: 358 });
    // One above the other, both are larger than beside each other.
    const squarish = { width: 900, height: 640, gap: 8 };
    expect(second(squarish)).toMatchObject({ y: 324, width: 562, height: 316 });
  });

  it("gives the large place to whom the layout names, else to who shares, else to who speaks", () => {
    const items = [...people(3), screen("p2")];
    const largest = (
      kind: StageLayout["kind"],
      named: string | null,
      of: readonly Item[],
      speaker?: string,
    ) => arrange(layout(kind, named), of, WIDE, speaker ?? null).sort((a, b) => sizeOf(b) - sizeOf(a))[0]?.id;
    expect(largest("spotlight", "p1", items, "p0")).toBe("p1/camera");
    expect(largest("spotlight", null, items, "p0")).toBe("p2/screen");
    expect(largest("spotlight", null, people(3), "p2")).toBe("p2/camera");
    expect(largest("spotlight", "gone", people(3))).toBe("p0/camera");
    expect(largest("picture_in_picture", "p1", items)).toBe("p1/camera");
    expect(largest("screen_share", null, items, "p0")).toBe("p2/screen");
    expect(largest("screen_share", null, people(3), "p1")).toBe("p1/camera");
  });

  it("shows a screen whole, and two screens' owner by name", () => {
    const items = [...people(2), screen("p0"), screen("p1")];
    const [main] = arrange(layout("screen_share", "p1"), items, WIDE);
    expect(main).toMatchObject({ id: "p1/screen", fit: "contain" });
    expect(sizeOf(at([main as Place], 0))).toBeGreaterThan((1280 * 720) / 2);
  });

  it("puts the host and the named one side by side at the same size", () => {
    const [left, right, other] = arrange(layout("side_by_side", "p2"), people(3), WIDE);
    expect([left?.id, right?.id, other?.id]).toEqual(["p0/camera", "p2/camera", "p1/camera"]);
    expect([left?.width, left?.height]).toEqual([right?.width, right?.height]);
  });
});
