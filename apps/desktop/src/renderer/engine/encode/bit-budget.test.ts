import { expect, test } from "vitest";
import { BitBudget } from "./bit-budget.ts";

const FPS = 30;
const BITRATE = 1_200_000;

/** Ten seconds of pictures: how many are left out, and the bits a second of those that are made. */
function run(bytesOf: (frame: number) => number, of = new BitBudget(BITRATE)) {
  let [left, bytes] = [0, 0];
  for (let frame = 0; frame < 10 * FPS; frame += 1) {
    if (of.isSpent((frame * 1e6) / FPS)) {
      left += 1;
      continue;
    }
    of.spend(bytesOf(frame));
    bytes += bytesOf(frame);
  }
  return { left, bps: (bytes * 8) / 10 };
}

test("an encoder that keeps to its bitrate, keyframes of half a second and all, leaves nothing out", () => {
  const perGop = (BITRATE / 8) * 2;
  const keyframe = perGop / 4;
  expect(run((frame) => (frame % 60 === 0 ? keyframe : (perGop - keyframe) / 59)).left).toBe(0);
});

test("one that makes three times as much is held to its bitrate", () => {
  const { left, bps } = run(() => (3 * BITRATE) / 8 / FPS);
  expect(left).toBeGreaterThan(5 * FPS);
  expect(bps).toBeLessThan(BITRATE * 1.12);
  expect(bps).toBeGreaterThan(BITRATE * 0.95);
});

test("a lower bitrate counts at once, and what was too much before is forgiven", () => {
  const budget = new BitBudget(BITRATE);
  budget.isSpent(0);
  budget.spend(BITRATE);
  budget.setBitrate(BITRATE / 2);
  budget.isSpent(0);
  budget.spend(BITRATE / 8 / 4);
  expect(budget.isSpent(0)).toBe(true);
  expect(budget.isSpent(600_000)).toBe(false);
});
