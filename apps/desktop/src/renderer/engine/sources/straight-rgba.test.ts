import { expect, it } from "vitest";
import { straightRgba } from "./straight-rgba.ts";

it("turns blue and red around, and takes alpha out of the colours", () => {
  const opaque = [1, 2, 3, 255];
  const half = [10, 64, 128, 128];
  const none = [0, 0, 0, 0];
  // As it comes out of a message: anywhere in its buffer.
  const pixels = Uint8Array.from([9, ...opaque, ...half, ...none]).subarray(1);
  expect([...straightRgba(pixels)]).toEqual([3, 2, 1, 255, 255, 128, 20, 128, 0, 0, 0, 0]);
});
