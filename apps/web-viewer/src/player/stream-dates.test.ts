import { describe, expect, it } from "vitest";
import { dateAt, placeAt } from "./stream-dates.ts";

/** Two segments, ten seconds without the encoder, two more. */
const STRETCHES = [
  { start: 100, duration: 2, programDateTime: 50_000 },
  { start: 102, duration: 2, programDateTime: 52_000 },
  { start: 104, duration: 2, programDateTime: 64_000 },
  { start: 106, duration: 2, programDateTime: 66_000 },
];

describe("media time and dates", () => {
  it("go together within a run", () => {
    expect(dateAt(STRETCHES, 103.5)).toBe(53_500);
    expect(placeAt(STRETCHES, 53_500)).toBe(103.5);
    expect(dateAt(STRETCHES, 104)).toBe(64_000);
    expect(placeAt(STRETCHES, 66_000)).toBe(106);
  });

  it("reach past both ends, so that a place that has left the window can be told", () => {
    expect(dateAt(STRETCHES, 97)).toBe(47_000);
    expect(placeAt(STRETCHES, 47_000)).toBe(97);
    expect(dateAt(STRETCHES, 109)).toBe(69_000);
    expect(placeAt(STRETCHES, 69_000)).toBe(109);
  });

  it("lead from a date at which nothing was streamed to what came next", () => {
    expect(placeAt(STRETCHES, 58_000)).toBe(104);
  });

  it("are unknown without dates", () => {
    const undated = [{ start: 0, duration: 2, programDateTime: null }];
    expect(dateAt(undated, 1)).toBeNull();
    expect(placeAt(undated, 1)).toBeNull();
    expect(dateAt([], 1)).toBeNull();
    expect(placeAt([], 1)).toBeNull();
  });
});
