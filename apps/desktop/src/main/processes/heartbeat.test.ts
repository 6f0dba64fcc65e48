import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Heartbeat } from "./heartbeat.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("tells of silence once it has lasted, and not of one that is broken", () => {
  const hangs = vi.fn();
  using heartbeat = new Heartbeat(hangs);
  vi.advanceTimersByTime(14_000);
  heartbeat.beat();
  vi.advanceTimersByTime(10_500);
  expect(hangs).not.toHaveBeenCalled();
  vi.advanceTimersByTime(5_000);
  expect(hangs).toHaveBeenCalledTimes(1);
});

it("begins to count anew after it has told", () => {
  const hangs = vi.fn();
  using _heartbeat = new Heartbeat(hangs);
  vi.advanceTimersByTime(29_000);
  expect(hangs).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(2_000);
  expect(hangs).toHaveBeenCalledTimes(2);
});
