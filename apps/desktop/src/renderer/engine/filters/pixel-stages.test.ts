import { expect, it } from "vitest";
import { chromaKey } from "./chroma-key.ts";
import { lutStage, parseCube } from "./cube-lut.ts";

const pixels = (...colours: readonly (readonly number[])[]) =>
  Uint8ClampedArray.from(colours.flatMap((colour) => [...colour, 255]));

it("keys out a green cloth, bright or in shadow, and keeps skin and grey", () => {
  const key = chromaKey({
    ...{ id: "k", kind: "chroma-key", enabled: true, colour: "#00b140" },
    ...{ similarity: 0.16, smoothness: 0.05 },
  });
  const rgba = pixels([0, 177, 64], [20, 140, 60], [224, 172, 140], [128, 128, 128]);
  key(rgba);
  expect([rgba[3], rgba[7], rgba[11], rgba[15]]).toEqual([0, 0, 255, 255]);
});

const cube = (map: (r: number, g: number, b: number) => number[]) =>
  `TITLE "x"\n# comment\nLUT_3D_SIZE 2\n${Array.from({ length: 8 }, (_, i) =>
    map(i & 1, (i >> 1) & 1, i >> 2).join(" "),
  ).join("\n")}\n`;

it("applies a table by amount, and leaves colours alone that it does not change", () => {
  const same = parseCube(cube((r, g, b) => [r, g, b]));
  const swap = parseCube(cube((r, g, b) => [b, g, r]));
  if (same === undefined || swap === undefined) throw new Error("not read");
  const colours = pixels([10, 127, 250], [255, 0, 3]);
  const untouched = colours.slice();
  lutStage(same, 1)(colours);
  expect(colours).toEqual(untouched);
  lutStage(swap, 1)(colours);
  const off = [250, 127, 10].map((value, i) => Math.abs((colours[i] ?? 0) - value));
  expect(Math.max(...off)).toBeLessThan(6);
  const half = pixels([0, 0, 255]);
  lutStage(swap, 0.5)(half);
  expect(Math.abs((half[0] ?? 0) - 128)).toBeLessThan(3);
});

it("refuses what is no whole table", () => {
  expect(parseCube("LUT_3D_SIZE 2\n0 0 0\n")).toBeUndefined();
  expect(parseCube("LUT_3D_SIZE 9999999\n")).toBeUndefined();
  expect(parseCube("<html>")).toBeUndefined();
  expect(parseCube(cube(() => [Number.NaN, 0, 0]))).toBeUndefined();
});
