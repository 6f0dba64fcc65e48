import { describe, expect, it } from "vitest";
import { FrameDelay, wallMsOf } from "./rtp-clock.ts";

const clock = { rtpTimestamp: 90_000, wallMs: 1_000_000, source: "capture" } as const;

describe("wallMsOf", () => {
  it("counts 90 ticks a millisecond, before and after", () => {
    expect(wallMsOf(clock, 90_000)).toBe(1_000_000);
    expect(wallMsOf(clock, 180_000)).toBe(1_001_000);
    expect(wallMsOf(clock, 45_000)).toBe(999_500);
  });

  it("goes over the wrap of 32 bits, both ways", () => {
    const late = { ...clock, rtpTimestamp: 2 ** 32 - 900 };
    expect(wallMsOf(late, 900)).toBe(1_000_020);
    expect(wallMsOf({ ...clock, rtpTimestamp: 900 }, 2 ** 32 - 900)).toBe(999_980);
  });
});

describe("FrameDelay", () => {
  it("tells the middle of the last frames, and nothing when they are old", () => {
    const delay = new FrameDelay();
    expect(delay.delayS(0)).toBeNull();
    for (const late of [80, 60, 70]) delay.note(clock, 90_000, 1_000_000 + late);
    expect(delay.delayS(1_000_100)).toBeCloseTo(0.07);
    for (let frame = 1; frame <= 15; frame++) {
      delay.note(clock, 90_000 + frame * 3_000, 1_000_000 + frame * (3_000 / 90) + 120);
    }
    expect(delay.delayS(1_000_700)).toBeCloseTo(0.12);
    expect(delay.delayS(1_003_000)).toBeNull();
    delay.forget();
    expect(delay.delayS(1_000_700)).toBeNull();
  });
});
