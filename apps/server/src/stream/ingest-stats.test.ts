import { expect, it } from "vitest";
import { TIMELINE_CLOCK } from "./capture-clock.ts";
import { IngestStats } from "./ingest-stats.ts";
import type { Unit } from "./unit.ts";

const frame = (index: number, atMs: number): Unit => ({
  kind: "video",
  dts90k: index * 3_000,
  pts90k: index * 3_000,
  keyframe: index % 60 === 0,
  data: new Uint8Array(1_000),
  receivedAtMs: atMs,
  clock: TIMELINE_CLOCK,
});

it("measures the rate by the frames' own time, however they arrive", () => {
  const stats = new IngestStats();
  // Four seconds of media that came in two bursts.
  for (let i = 0; i < 120; i += 1) stats.add(frame(i, i < 60 ? 10_000 : 12_500));
  const measure = stats.measure(13_000, { num: 30, den: 1 });
  expect(measure.fps).toBe(30);
  expect(measure.gopS).toBe(2);
  expect(measure.videoBitrateBps).toBe((120 * 8_000) / 3);
});

it("shows a rate that frames are missing from", () => {
  const stats = new IngestStats();
  for (let i = 0; i < 120; i += 2) stats.add(frame(i, 10_000 + i * 33));
  expect(stats.measure(14_000, { num: 30, den: 1 }).fps).toBeCloseTo(15, 5);
});

it("knows nothing of a publisher that has long been silent", () => {
  const stats = new IngestStats();
  for (let i = 0; i < 60; i += 1) stats.add(frame(i, 1_000 + i * 33));
  expect(stats.measure(60_000, undefined)).toMatchObject({ fps: undefined, videoBitrateBps: 0 });
});
