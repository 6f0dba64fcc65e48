import { expect, test } from "vitest";
import { meterShare, positionOf, SILENT_DB, volumeAt, volumeWords } from "./fader.ts";

test("a fader's way there and back is the same volume", () => {
  for (const db of [-60, -30, -12.5, -6, 0, 3, 6]) expect(volumeAt(positionOf(db))).toBeCloseTo(db, 1);
  expect(volumeAt(0)).toBe(SILENT_DB);
  expect(positionOf(SILENT_DB)).toBe(0);
  expect(positionOf(26)).toBe(1);
});

test("the upper half of the way is what is worked with", () => {
  expect(volumeAt(0.5)).toBeCloseTo(-12.1, 1);
  expect(positionOf(0)).toBeGreaterThan(0.75);
});

test("volumes are read with a true minus, and silence is said", () => {
  expect(volumeWords(-6)).toBe("−6.0 dB");
  expect(volumeWords(2.5)).toBe("+2.5 dB");
  expect(volumeWords(SILENT_DB)).toBe("−∞ dB");
});

test("a meter is dark below its range and never more than full", () => {
  expect([-100, -60, -30, 0, 3].map(meterShare)).toEqual([0, 0, 0.5, 1, 1]);
});
