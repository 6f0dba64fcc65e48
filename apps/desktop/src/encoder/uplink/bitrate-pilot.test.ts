import { expect, test } from "vitest";
import { BitratePilot } from "./bitrate-pilot.ts";

const pilot = () => new BitratePilot({ nominalBps: 2_000_000, soundBps: 128_000 });
/** Readings each 250 ms; the wishes with their times. */
function fly(of: BitratePilot, fromMs: number, untilMs: number, queuedMs: number, throughputBps: number) {
  const wishes: { readonly atMs: number; readonly bps: number }[] = [];
  for (let nowMs = fromMs; nowMs < untilMs; nowMs += 250) {
    const bps = of.read({ nowMs, queuedMs, throughputBps });
    if (bps !== undefined) wishes.push({ atMs: nowMs, bps });
  }
  return wishes;
}

test("a calm line is left alone", () => {
  expect(fly(pilot(), 0, 60_000, 50, 2_200_000)).toEqual([]);
});

test("goes below what the line carries at once, and not lower before that could help", () => {
  const wishes = fly(pilot(), 0, 1_500, 400, 1_000_000);
  expect(wishes).toEqual([{ atMs: 0, bps: 672_000 }]);
});

test("a twentieth is the least", () => {
  expect(fly(pilot(), 0, 30_000, 2_000, 50_000).at(-1)?.bps).toBe(100_000);
});

test("comes back in steps while the line is calm, up to what was ordered", () => {
  const of = pilot();
  fly(of, 0, 250, 400, 1_500_000);
  const up = fly(of, 250, 120_000, 20, 2_000_000);
  expect(up.length).toBeGreaterThan(3);
  expect(up[0]?.atMs).toBeGreaterThanOrEqual(6_000);
  expect(up.at(-1)?.bps).toBe(2_000_000);
  expect(of.isLowered).toBe(false);
});

test("waits twice as long after a step up that failed", () => {
  const of = pilot();
  fly(of, 0, 250, 400, 1_500_000);
  const [first] = fly(of, 250, 7_000, 20, 1_500_000);
  const failedMs = (first?.atMs ?? 0) + 3_000;
  expect(fly(of, failedMs, failedMs + 250, 400, 1_500_000)).toHaveLength(1);
  const [second] = fly(of, failedMs + 250, 60_000, 20, 1_500_000);
  expect((second?.atMs ?? 0) - failedMs).toBeGreaterThanOrEqual(12_000);
});
