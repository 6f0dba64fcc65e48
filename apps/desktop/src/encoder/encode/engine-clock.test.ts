import { expect, test } from "vitest";
import { EngineClock } from "./engine-clock.ts";

test("one engine's times are its own", () => {
  const clock = new EngineClock();
  clock.restart(2_000_000);
  expect(clock.placed({ ptsUs: 40_000 }).ptsUs).toBe(40_000);
});

test("another engine's follow by whole keyframe intervals, for sound and picture alike", () => {
  const clock = new EngineClock();
  clock.placed({ ptsUs: 7_300_000 });
  clock.restart(2_000_000);
  const first = clock.placed({ ptsUs: 100_000 }).ptsUs;
  expect(first).toBeGreaterThan(7_300_000);
  expect(first).toBeLessThanOrEqual(7_300_000 + 2_000_000 + 100_000);
  expect((first - 100_000) % 2_000_000).toBe(0);
  expect(clock.placed({ ptsUs: 2_000_000 }).ptsUs % 2_000_000).toBe(0);
});
