import { describe, expect, it } from "vitest";
import { FrameClock } from "./frame-clock.ts";
import { detectFrameRate, frameTicks } from "./frame-rate.ts";
import { SampleClock } from "./sample-clock.ts";
import { Timeline } from "./timeline.ts";

const ms = (value: number) => value * 90;

describe("detectFrameRate", () => {
  const times = (fps: number, count: number, round = Math.floor) =>
    Array.from({ length: count }, (_, i) => round((i * 1000) / fps) * 90);

  it.each([
    [30, { num: 30, den: 1 }],
    [60, { num: 60, den: 1 }],
    [25, { num: 25, den: 1 }],
    [24, { num: 24, den: 1 }],
    [50, { num: 50, den: 1 }],
  ])("sees %d fps behind milliseconds", (fps, rate) => {
    expect(detectFrameRate(times(fps, 13), undefined)).toEqual(rate);
    expect(detectFrameRate(times(fps, 13, Math.round), undefined)).toEqual(rate);
  });

  it("believes a claim that the times agree with, and not another", () => {
    const ntsc = { num: 30_000, den: 1001 };
    expect(detectFrameRate(times(29.97, 13), ntsc)).toEqual(ntsc);
    expect(detectFrameRate(times(60, 13), { num: 30, den: 1 })).toEqual({ num: 60, den: 1 });
  });

  it("tells 29.97 from 30 over three hundred frames without a claim", () => {
    expect(detectFrameRate(times(30_000 / 1001, 300), undefined)).toEqual({ num: 30_000, den: 1001 });
  });

  it("bears frames that were left out", () => {
    const holes = times(30, 20).filter((_, i) => i !== 4 && i !== 11);
    expect(detectFrameRate(holes, undefined)).toEqual({ num: 30, den: 1 });
  });

  it("calls a varying rate varying", () => {
    expect(detectFrameRate([0, 30, 75, 95, 160, 171, 230, 280, 291].map(ms), undefined)).toBeUndefined();
  });
});

describe("FrameClock", () => {
  it("puts 29.97 fps in milliseconds on exact frames for an hour", () => {
    const rate = { num: 30_000, den: 1001 };
    const clock = new FrameClock(rate, 0);
    for (let i = 0; i < 107_892; i += 1) {
      const dts = Math.floor((i * 1001) / 30) * 90;
      expect(clock.snap(dts, dts).dts90k).toBe(Math.round(i * frameTicks(rate)));
    }
    expect(clock.missingFrames).toBe(0);
    expect(clock.lost).toBe(false);
  });

  it("keeps the reorder distance of B-frames and counts what is missing", () => {
    const clock = new FrameClock({ num: 30, den: 1 }, 0);
    expect(clock.snap(0, ms(67))).toEqual({ dts90k: 0, pts90k: 6_000 });
    expect(clock.snap(ms(133), ms(200))).toEqual({ dts90k: 12_000, pts90k: 18_000 });
    expect(clock.missingFrames).toBe(3);
  });

  it("gives up a rate that is wrong rather than run away from the sound", () => {
    const clock = new FrameClock({ num: 30, den: 1 }, 0);
    let i = 0;
    while (!clock.lost && i < 5_000) {
      clock.snap((i * 90_000) / 32, (i * 90_000) / 32);
      i += 1;
    }
    expect(clock.lost).toBe(true);
    expect(i).toBeLessThan(600);
  });
});

describe("Timeline", () => {
  it("keeps sound and picture together through a jump of both", () => {
    const timeline = new Timeline(0);
    const out: Record<string, number[]> = { video: [], audio: [] };
    for (let i = 0; i < 200; i += 1) {
      const jump = i >= 100 ? 5_000_000 : 0;
      const at = i * 3_000;
      const video = at + jump;
      // Sound is interleaved late: its first units after the picture's jump are still from before.
      const audio = at - 6_000 + (i >= 102 ? 5_000_000 : 0);
      out["video"]?.push(video + timeline.offsetFor("video", video, at));
      out["audio"]?.push(audio + timeline.offsetFor("audio", audio, at));
    }
    expect(timeline.jumps).toBe(1);
    expect(out["video"]).toEqual(Array.from({ length: 200 }, (_, i) => i * 3_000));
    expect(out["audio"]).toEqual(Array.from({ length: 200 }, (_, i) => i * 3_000 - 6_000));
  });

  it("goes on when the publisher's clock restarts at zero", () => {
    const timeline = new Timeline(-1_000_000);
    expect(1_000_000 + timeline.offsetFor("video", 1_000_000, 0)).toBe(0);
    expect(1_003_000 + timeline.offsetFor("video", 1_003_000, 3_000)).toBe(3_000);
    expect(0 + timeline.offsetFor("video", 0, 6_000)).toBe(6_000);
    expect(3_000 + timeline.offsetFor("video", 3_000, 9_000)).toBe(9_000);
  });

  it("keeps a real pause and a late burst as they are", () => {
    const timeline = new Timeline(0);
    timeline.offsetFor("video", 0, 0);
    expect(timeline.offsetFor("video", 900_000, 900_000)).toBe(0);
    expect(timeline.offsetFor("video", 903_000, 1_400_000)).toBe(0);
    expect(timeline.jumps).toBe(0);
  });
});

describe("SampleClock", () => {
  it("evens out milliseconds and follows a gap", () => {
    const clock = new SampleClock(48_000);
    const steps: number[] = [];
    let last = clock.smooth(0);
    for (let i = 1; i < 500; i += 1) {
      const now = clock.smooth(Math.floor((i * 1024) / 48) * 90);
      steps.push(now - last);
      last = now;
    }
    expect(Math.max(...steps.slice(50)) - Math.min(...steps.slice(50))).toBeLessThanOrEqual(4);
    expect(clock.smooth(last + 90_000)).toBe(last + 90_000);
  });
});
