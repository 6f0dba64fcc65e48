import { describe, expect, test } from "vitest";
import { filling } from "../default-document.ts";
import type { Item, Transform } from "../document.ts";
import { bounds, corners, itemAt, type Point } from "./box.ts";
import { aligned, atNaturalSize, placed } from "./place.ts";
import { cropped, HANDLES, handleAt, resized, rotationTo } from "./resize.ts";
import { guidesOf, snapBox, snapPoint } from "./snap.ts";

const canvas = { width: 1000, height: 500 };
const item = (id: string, part: Partial<Transform>): Item => {
  const base = filling(id, "source", canvas);
  return { ...base, transform: { ...base.transform, ...part } };
};
const small = item("small", { x: 300, y: 200, width: 200, height: 100 }).transform;
const near = (point: Point, x: number, y: number) => {
  expect(point.x).toBeCloseTo(x, 6);
  expect(point.y).toBeCloseTo(y, 6);
};

describe("hit-testing", () => {
  test("sees a turned item where it lies, not where its box is", () => {
    const turned = { ...small, rotationDeg: 90 };
    near(corners(turned)[0], 350, 100);
    expect(bounds(turned)).toMatchObject({ left: 250, right: 350 });
    const items = [item("a", { ...turned, rotationDeg: 45 })];
    expect(itemAt(items, { x: 300, y: 200 })?.id).toBe("a");
    expect(itemAt(items, { x: 215, y: 115 })).toBeUndefined();
  });

  test("takes the topmost that is neither hidden nor locked", () => {
    const items = [item("low", {}), item("mid", small), item("top", small)];
    const at = { x: 300, y: 200 };
    expect(itemAt(items, at)?.id).toBe("top");
    const hidden = items.map((one) => ({ ...one, visible: one.id !== "top", locked: one.id === "mid" }));
    expect(itemAt(hidden, at)?.id).toBe("low");
  });
});

describe("resizing", () => {
  const free = { keepAspect: false, fromCentre: false };

  test.each(HANDLES)("by the handle %o leaves the opposite one where it was, turned or not", (handle) => {
    for (const rotationDeg of [0, 30, -120]) {
      const turned = { ...small, rotationDeg };
      const opposite = { x: -handle.x, y: -handle.y } as typeof handle;
      const from = handleAt(turned, opposite);
      for (const keepAspect of [false, true]) {
        const at = handleAt({ ...turned, width: 260, height: 170 }, handle);
        const next = resized(turned, handle, at, { keepAspect, fromCentre: false });
        near(handleAt(next, opposite), from.x, from.y);
        expect(next.width !== turned.width || next.height !== turned.height).toBe(true);
        if (keepAspect) expect(next.width / next.height).toBeCloseTo(2, 6);
      }
    }
  });

  test("from the centre leaves the centre", () => {
    const next = resized(small, { x: 1, y: 1 }, { x: 450, y: 260 }, { keepAspect: false, fromCentre: true });
    expect(next).toMatchObject({ x: 300, y: 200, width: 300, height: 120 });
  });

  test("never makes nothing of it, nor turns it inside out", () => {
    const next = resized(small, { x: 1, y: 1 }, { x: -500, y: -500 }, free);
    expect(next).toMatchObject({ width: 8, height: 8 });
    const kept = resized(
      small,
      { x: 1, y: 1 },
      { x: -500, y: -500 },
      { keepAspect: true, fromCentre: false },
    );
    expect(kept.width / kept.height).toBeCloseTo(2, 6);
  });

  test("cropping moves a side and nothing of the picture", () => {
    const next = cropped(small, { x: -1, y: 0 }, { x: 250, y: 200 });
    expect(next).toMatchObject({ x: 325, width: 150, crop: { left: 0.25, right: 0 } });
    expect(cropped(next, { x: -1, y: 0 }, { x: 0, y: 200 })).toMatchObject({ ...small });
    expect(cropped(small, { x: 1, y: 0 }, { x: 0, y: 0 }).width).toBeCloseTo(8, 6);
  });

  test("cropping a mirrored item cuts off what lies under the hand", () => {
    const mirrored = { ...small, flipX: true, crop: { left: 0, top: 0, right: 0.2, bottom: 0 } };
    // Its left side shows the source's right one: 250 px whole, of which 50 more go.
    const next = cropped(mirrored, { x: -1, y: 0 }, { x: 250, y: 200 });
    expect(next).toMatchObject({ x: 325, width: 150, crop: { left: 0, right: 0.4 } });
  });

  test("turning points the top to the pointer", () => {
    expect(rotationTo(small, { x: 300, y: 0 }, false)).toBe(0);
    expect(rotationTo(small, { x: 301, y: 0 }, false)).toBe(0);
    expect(rotationTo(small, { x: 500, y: 200 }, false)).toBe(90);
    expect(rotationTo(small, { x: 390, y: 100 }, true)).toBe(45);
  });
});

describe("snapping", () => {
  const guides = guidesOf(canvas, [{ left: 400, top: 100, right: 600, bottom: 300 }]);

  test("takes the nearest of edges and middles, on each axis by itself", () => {
    const box = { left: 6, top: 305, right: 206, bottom: 405 };
    expect(snapBox(box, guides, 10)).toEqual({
      dx: -6,
      dy: -5,
      lines: [
        { axis: "x", at: 0 },
        { axis: "y", at: 300 },
      ],
    });
    expect(snapBox({ left: 405, top: 40, right: 595, bottom: 60 }, guides, 3)).toMatchObject({
      dx: 0,
      dy: 0,
    });
  });

  test("leaves what is far from everything", () => {
    expect(snapBox({ left: 30, top: 30, right: 50, bottom: 50 }, guides, 10)).toEqual({
      dx: 0,
      dy: 0,
      lines: [],
    });
  });

  test("an edge that is not pulled stays", () => {
    expect(snapPoint({ x: 395, y: 495 }, guides, 10, { x: true, y: false })).toMatchObject({ dx: 5, dy: 0 });
  });
});

describe("placing", () => {
  test("aligns what lies turned by what is seen of it, and several together", () => {
    const turned = { ...small, rotationDeg: 90 };
    expect(aligned([turned], canvas, "left")[0]?.x).toBeCloseTo(50, 6);
    const two = aligned([small, { ...small, x: 500 }], canvas, "bottom");
    expect(two.map((one) => one.y)).toEqual([450, 450]);
    expect(two.map((one) => one.x)).toEqual([300, 500]);
  });

  test("fits, fills and stretches by the source's own shape", () => {
    const natural = { width: 100, height: 100 };
    expect(placed(small, canvas, "fit", natural)).toMatchObject({ width: 500, height: 500, x: 500, y: 250 });
    expect(placed(small, canvas, "fill", natural)).toMatchObject({ width: 1000, height: 1000 });
    expect(placed(small, canvas, "stretch", natural)).toMatchObject({ width: 1000, height: 500 });
    const half = { ...small, crop: { left: 0.5, right: 0, top: 0, bottom: 0 } };
    expect(placed(half, canvas, "fit", natural)).toMatchObject({ width: 250, height: 500 });
  });

  test("keeps a small source's size and brings a large one in", () => {
    expect(atNaturalSize(small, canvas, { width: 320, height: 180 })).toMatchObject({
      width: 320,
      height: 180,
    });
    expect(atNaturalSize(small, canvas, { width: 2000, height: 500 })).toMatchObject({
      width: 1000,
      height: 250,
    });
  });
});
