import { describe, expect, it } from "vitest";
import { nextFrameMs } from "./frame-pace.ts";

describe("nextFrameMs", () => {
  /** Frames in ten seconds, and how much of them the page was busy. */
  const play = (busyMs: number) => {
    const intervalMs = 1_000 / 30;
    let [dueMs, frames] = [0, 0];
    for (; dueMs < 10_000; frames++) {
      dueMs = nextFrameMs({ dueMs, doneMs: dueMs + busyMs, busyMs, intervalMs });
    }
    return { frames, busy: (frames * busyMs) / dueMs };
  };

  it("keeps the rate while the page keeps up", () => {
    expect(play(5).frames).toBe(300);
    expect(play(16).frames).toBe(300);
  });
  it("drops frames rather than take more than half of the page's time", () => {
    for (const busyMs of [20, 60, 250, 900]) {
      expect(play(busyMs).busy).toBeLessThan(0.61);
      expect(play(busyMs).frames).toBeGreaterThanOrEqual(Math.floor(10_000 / (2 * busyMs + 34)));
    }
  });
  it("does not make up for what was missed while the page slept", () => {
    expect(nextFrameMs({ dueMs: 0, doneMs: 7_000, busyMs: 2, intervalMs: 33 })).toBe(7_000);
    expect(nextFrameMs({ dueMs: 7_000, doneMs: 7_002, busyMs: 2, intervalMs: 33 })).toBe(7_033);
  });
});
