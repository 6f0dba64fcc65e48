import { describe, expect, it } from "vitest";
import type { EngineWindow } from "./engine.ts";
import { clockTime, shareOf, spokenPlace, spokenTime, timeAt, timelineOf } from "./timeline.ts";

const ZERO = 1_800_000_000_000;
const windowOf = (facts: Partial<EngineWindow> = {}): EngineWindow => ({
  startMs: ZERO + 600_000,
  liveMs: ZERO + 1_200_000,
  positionMs: ZERO + 900_000,
  bufferedMs: [],
  live: false,
  ...facts,
});

describe("timelineOf", () => {
  it("counts from the stream's start", () => {
    const timeline = timelineOf(windowOf(), ZERO);
    expect(timeline).toMatchObject({ startS: 600, endS: 1200, positionS: 900, behindS: 300, live: false });
    expect(shareOf(timeline, 900)).toBe(0.5);
    expect(timeAt(timeline, 0.25)).toBe(750);
  });

  it("puts a live viewer at the very end, though their place wavers by some frames", () => {
    const timeline = timelineOf(windowOf({ live: true, positionMs: ZERO + 1_200_400 }), ZERO);
    expect(timeline).toMatchObject({ positionS: 1200, behindS: 0, live: true });
    expect(timelineOf(windowOf({ live: true, positionMs: ZERO + 1_199_700 }), ZERO).behindS).toBe(0);
  });

  it("keeps places that left the window at its ends, and what is buffered within it", () => {
    const buffered = [
      [ZERO, ZERO + 500_000],
      [ZERO + 590_000, ZERO + 610_000],
      [ZERO + 1_190_000, ZERO + 1_202_000],
    ] as const;
    const timeline = timelineOf(windowOf({ positionMs: ZERO + 1_000, bufferedMs: buffered }), ZERO);
    expect(timeline.positionS).toBe(600);
    expect(timeline.buffered).toEqual([
      [600, 610],
      [1190, 1200],
    ]);
  });

  it("knows no time before zero, and lives with an empty bar", () => {
    const young = windowOf({ startMs: ZERO - 80, liveMs: ZERO - 80, positionMs: ZERO - 80, live: true });
    const timeline = timelineOf(young, ZERO);
    expect(timeline).toMatchObject({ startS: 0, endS: 0, positionS: 0, behindS: 0 });
    expect(shareOf(timeline, 0)).toBe(1);
    expect(timeAt(timeline, 0.5)).toBe(0);
  });
});

describe("times in figures and words", () => {
  it("writes hours only where there are some", () => {
    expect([0, 7.9, 83, 2530, 3600, 7384].map(clockTime)).toEqual([
      "0:00",
      "0:07",
      "1:23",
      "42:10",
      "1:00:00",
      "2:03:04",
    ]);
  });
  it("speaks two units at most", () => {
    expect(spokenTime(0.4)).toBe("0 seconds");
    expect(spokenTime(61)).toBe("1 minute 1 second");
    expect(spokenTime(7384)).toBe("2 hours 3 minutes");
  });
  it("says where the viewer is", () => {
    const timeline = timelineOf(windowOf(), ZERO);
    expect(spokenPlace(timeline)).toBe("15 minutes into the stream, 5 minutes behind live");
    expect(spokenPlace(timelineOf(windowOf({ live: true }), ZERO))).toBe("Live");
    expect(spokenPlace(timeline, 1190)).toBe("19 minutes 50 seconds into the stream, 10 seconds behind live");
  });
});
