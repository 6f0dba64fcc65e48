import { expect, it } from "vitest";
import { ScaledPictures } from "./scaled-pictures.ts";

/** As much of a canvas in memory as is needed to be read. */
function canvasOf(width: number, height: number) {
  let reads = 0;
  const getImageData = () => {
    reads += 1;
    return { width, height, data: new Uint8ClampedArray(4 * width * height).fill(reads) };
  };
  const canvas = { width, height, getContext: () => ({ getImageData }) };
  return { canvas: canvas as unknown as OffscreenCanvas, reads: () => reads };
}

it("reads a picture once for all who want it, until the next one comes", () => {
  const { canvas, reads } = canvasOf(4, 2);
  const pictures = new ScaledPictures(() => 0);
  pictures.changed(canvas);
  const first = pictures.pixels(4, 2);
  expect(pictures.pixels(4, 2)).toBe(first);
  expect(reads()).toBe(1);
  pictures.changed(canvas);
  expect(pictures.pixels(4, 2)).not.toBe(first);
});

it("reads again what somebody was given for good", () => {
  const { canvas, reads } = canvasOf(4, 2);
  const pictures = new ScaledPictures(() => 0);
  pictures.changed(canvas);
  const given = pictures.pixels(4, 2);
  structuredClone(given, { transfer: [given.buffer] });
  expect(pictures.pixels(4, 2)).toHaveLength(32);
  expect(reads()).toBe(2);
});
