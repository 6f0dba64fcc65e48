import { expect, it } from "vitest";
import { rgbaToI420 } from "./i420.ts";

const flat = (red: number, green: number, blue: number, height: number) => {
  const rgba = new Uint8ClampedArray(4 * 2 * height);
  for (let at = 0; at < rgba.length; at += 4) rgba.set([red, green, blue, 255], at);
  const out = rgbaToI420(rgba, 2, height);
  expect(out).toHaveLength(3 * height);
  return [out[0], out[2 * height], out[2 * height + height / 2]];
};

it.each([
  ["black", [0, 0, 0], [16, 128, 128]],
  ["white", [255, 255, 255], [235, 128, 128]],
  ["red", [255, 0, 0], [81, 90, 240]],
  ["green", [0, 255, 0], [145, 54, 34]],
  ["blue", [0, 0, 255], [41, 240, 110]],
] as const)("gives BT.601's %s for small pictures", (_, [red, green, blue], yuv) => {
  expect(flat(red, green, blue, 2)).toEqual(yuv);
});

it.each([
  ["red", [255, 0, 0], [63, 102, 240]],
  ["green", [0, 255, 0], [173, 42, 26]],
  ["blue", [0, 0, 255], [32, 240, 118]],
] as const)("gives BT.709's %s for large ones", (_, [red, green, blue], yuv) => {
  expect(flat(red, green, blue, 720)).toEqual(yuv);
});
