import { expect, it } from "vitest";
import { Needle } from "./needle.ts";

it("goes up at once and falls by 20 dB in 0.85 s, to what there is", () => {
  const needle = new Needle();
  needle.move(-6, 0);
  expect(needle.peakDb).toBe(-6);
  needle.move(-60, 425);
  expect(needle.peakDb).toBeCloseTo(-16);
  needle.move(-20, 850);
  expect(needle.peakDb).toBe(-20);
  needle.move(-18, 860);
  expect(needle.peakDb).toBe(-18);
});

it("marks the highest for one and a half seconds", () => {
  const needle = new Needle();
  needle.move(-3, 0);
  needle.move(-30, 1_500);
  expect(needle.heldDb).toBe(-3);
  needle.move(-30, 1_501);
  expect(needle.heldDb).toBe(-30);
});
