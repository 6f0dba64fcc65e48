import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Restarts } from "./restarts.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const starts = vi.fn();
  return { starts, restarts: new Restarts(starts) };
}

it("starts again at once, then later and later, and not at all what dies all the time", () => {
  const { starts, restarts } = setUp();
  for (const delayMs of [0, 200, 1_000, 3_000, 10_000]) {
    expect(restarts.died()).toBe("restarting");
    const before = starts.mock.calls.length;
    vi.advanceTimersByTime(Math.max(0, delayMs - 1));
    if (delayMs > 0) expect(starts).toHaveBeenCalledTimes(before);
    vi.advanceTimersByTime(1);
    expect(starts).toHaveBeenCalledTimes(before + 1);
  }
  expect(restarts.died()).toBe("failed");
  vi.advanceTimersByTime(600_000);
  expect(starts).toHaveBeenCalledTimes(5);
});

it("goes on for ever with what dies once in a while", () => {
  const { restarts } = setUp();
  for (let death = 0; death < 20; death += 1) {
    expect(restarts.died()).toBe("restarting");
    vi.advanceTimersByTime(20_000);
  }
});

it("begins with the first delay when it is tried again by hand", () => {
  const { starts, restarts } = setUp();
  while (restarts.died() === "restarting") vi.advanceTimersByTime(1);
  const before = starts.mock.calls.length;
  restarts.forgive();
  expect(restarts.died()).toBe("restarting");
  vi.advanceTimersByTime(0);
  expect(starts).toHaveBeenCalledTimes(before + 1);
});
