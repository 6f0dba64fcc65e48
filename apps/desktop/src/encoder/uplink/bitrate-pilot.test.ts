import { expect, test } from "vitest";
import { BitratePilot } from "./bitrate-pilot.ts";

const pilot = () => new BitratePilot({ nominalBps: 2_000_000, soundBps: 128_000 });

/** Readings each 250 ms; the wishes with their times. */
function fly(of: BitratePilot, fromMs: number, untilMs: number, lagMs: number, deliveredBps: number) {
  const wishes: { readonly atMs: number; readonly bps: number }[] = [];
  for (let nowMs = fromMs; nowMs < untilMs; nowMs += 250) {
    const bps = of.read({ nowMs, lagMs, deliveredBps, backlogBytes: (lagMs / 8000) * deliveredBps });
    if (bps !== undefined) wishes.push({ atMs: nowMs, bps });
  }
  return wishes;
}

test("a calm line is left alone, and one that a keyframe fills for half a second", () => {
  const of = pilot();
  expect(fly(of, 0, 60_000, 50, 2_200_000)).toEqual([]);
  expect(fly(of, 60_000, 60_500, 600, 1_000_000)).toEqual([]);
  expect(fly(of, 60_500, 70_000, 50, 2_200_000)).toEqual([]);
});

test("goes below what the line carries, by what waits, and to just below it when nothing waits any more", () => {
  const of = pilot();
  fly(of, 0, 5_000, 50, 2_200_000);
  const [first, ...rest] = fly(of, 5_000, 7_000, 600, 1_000_000);
  expect(first).toEqual({ atMs: 5_750, bps: 1_000_000 * 0.85 - 128_000 - 200_000 });
  expect(rest).toEqual([]);
  expect(fly(of, 7_000, 8_000, 100, 900_000)).toEqual([{ atMs: 7_000, bps: 722_000 }]);
});

test("what waits for a second is no keyframe's burst", () => {
  expect(fly(pilot(), 0, 250, 1_000, 1_000_000)).toHaveLength(1);
});

test("a twentieth is the least", () => {
  expect(fly(pilot(), 0, 30_000, 2_000, 50_000).at(-1)?.bps).toBe(100_000);
});

test("comes back in steps while the line is calm, up to what was ordered", () => {
  const of = pilot();
  fly(of, 0, 2_000, 400, 1_000_000);
  fly(of, 2_000, 2_250, 20, 1_000_000);
  const up = fly(of, 2_250, 120_000, 20, 1_000_000);
  expect(up.length).toBeGreaterThan(3);
  expect(up[0]?.atMs).toBeGreaterThanOrEqual(6_000);
  expect(up.at(-1)?.bps).toBe(2_000_000);
  expect(of.isLowered).toBe(false);
});

test("comes back at once where what waited has shown that the line carries it", () => {
  const of = pilot();
  fly(of, 0, 2_000, 2_000, 0);
  expect(of.targetBps).toBe(100_000);
  expect(fly(of, 2_000, 2_250, 20, 3_000_000)).toEqual([{ atMs: 2_000, bps: 2_000_000 }]);
});

test("waits twice as long after a step up that failed", () => {
  const of = pilot();
  fly(of, 0, 2_000, 400, 1_000_000);
  const [, first] = fly(of, 2_000, 9_000, 20, 800_000);
  const failedMs = (first?.atMs ?? 0) + 3_000;
  expect(fly(of, failedMs, failedMs + 1_000, 400, 900_000)).toHaveLength(1);
  const [back, second] = fly(of, failedMs + 1_000, 60_000, 20, 800_000);
  expect(back?.atMs).toBe(failedMs + 1_000);
  expect((second?.atMs ?? 0) - failedMs).toBeGreaterThanOrEqual(10_000);
});
