import { describe, expect, it } from "vitest";
import { CaptureClock, TIMELINE_CLOCK } from "./capture-clock.ts";

const EPOCH_MS = Date.UTC(2026, 10, 21);
/** Uneven, but the same in each run: 0 to 40 ms. */
const jitterMs = (i: number): number => (i * 7_919) % 41;

/** Frames of 30 fps from tick 0; each function is of the frame's own time in milliseconds. */
function feed(
  clock: CaptureClock,
  frames: { from?: number; to: number },
  times: { arrivesMs: (atMs: number, i: number) => number; capturedMs?: (atMs: number, i: number) => number },
): void {
  for (let i = frames.from ?? 0; i < frames.to; i += 1) {
    const atMs = (i * 1_000) / 30;
    clock.add({
      pts90k: i * 3_000,
      receivedAtMs: EPOCH_MS + times.arrivesMs(atMs, i),
      ...(times.capturedMs === undefined ? {} : { captureMs: EPOCH_MS + times.capturedMs(atMs, i) }),
    });
  }
}

describe("arrival", () => {
  it("counts from the fastest units, whatever the network does to the others", () => {
    const clock = new CaptureClock(EPOCH_MS);
    feed(clock, { to: 900 }, { arrivesMs: (atMs, i) => atMs + 300 + jitterMs(i) });
    expect(clock.clock.source).toBe("arrival");
    expect(Math.abs(clock.clock.offsetMs - 300)).toBeLessThanOrEqual(10);
    expect(clock.delayMs).toBeUndefined();
  });

  it("is that of the live frames when an encoder flushes what it had buffered", () => {
    const clock = new CaptureClock(EPOCH_MS);
    // The first two seconds come at once, the rest as it is made.
    feed(clock, { to: 300 }, { arrivesMs: (atMs) => Math.max(2_000, atMs) + 20 });
    expect(Math.abs(clock.clock.offsetMs - 20)).toBeLessThanOrEqual(10);
  });

  it("follows an encoder whose clock is off, for hours", () => {
    const clock = new CaptureClock(EPOCH_MS);
    const hours = 3 * 3_600 * 30;
    for (let i = 0; i < hours; i += 15) {
      const atMs = (i * 1_000) / 30;
      const receivedAtMs = EPOCH_MS + atMs * (1 + 50e-6) + 5;
      const { offsetMs } = clock.add({ pts90k: i * 3_000, receivedAtMs });
      const errorMs = receivedAtMs - (EPOCH_MS + atMs + offsetMs);
      if (Math.abs(errorMs) > 20) expect.fail(`${errorMs} ms off after ${atMs / 1_000} s`);
    }
    expect(clock.clock.offsetMs).toBeGreaterThan(500);
  });

  it("stays as it is through jitter below what anybody sees", () => {
    const clock = new CaptureClock(EPOCH_MS);
    const seen = new Set<unknown>();
    for (let i = 0; i < 3_600; i += 1) {
      seen.add(clock.add({ pts90k: i * 3_000, receivedAtMs: EPOCH_MS + (i * 1_000) / 30 + 5 + (i % 8) }));
    }
    expect(seen.size).toBe(1);
  });

  it("is learnt anew after a jump", () => {
    const clock = new CaptureClock(EPOCH_MS);
    feed(clock, { to: 300 }, { arrivesMs: (atMs) => atMs });
    clock.forget();
    feed(clock, { from: 300, to: 330 }, { arrivesMs: (atMs) => atMs + 700 });
    expect(clock.clock.offsetMs).toBe(700);
  });
});

describe("capture", () => {
  it("counts where it is told, behind whatever network", () => {
    const clock = new CaptureClock(EPOCH_MS);
    feed(
      clock,
      { to: 300 },
      { arrivesMs: (atMs, i) => atMs + 450 + jitterMs(i) * 5, capturedMs: (atMs) => atMs + 50 },
    );
    expect(clock.clock).toEqual({ source: "capture", offsetMs: 50 });
    expect(clock.delayMs).toBeGreaterThan(450);
    expect(clock.delayMs).toBeLessThan(550);
  });

  it("is believed from the third frame on", () => {
    const clock = new CaptureClock(EPOCH_MS);
    const times = { arrivesMs: (atMs: number) => atMs + 400, capturedMs: (atMs: number) => atMs };
    feed(clock, { to: 2 }, times);
    expect(clock.clock).toEqual({ source: "arrival", offsetMs: 400 });
    feed(clock, { from: 2, to: 3 }, times);
    expect(clock.clock).toEqual({ source: "capture", offsetMs: 0 });
  });

  it("is the median: single wrong frames do nothing", () => {
    const clock = new CaptureClock(EPOCH_MS);
    feed(
      clock,
      { to: 300 },
      { arrivesMs: (atMs) => atMs + 400, capturedMs: (atMs, i) => atMs - (i % 5 === 0 ? 30_000 : 100) },
    );
    expect(clock.clock).toEqual({ source: "capture", offsetMs: -100 });
  });

  it.each([
    ["of the future", (atMs: number) => atMs + 400 + 1_500],
    ["of long ago", (atMs: number) => atMs - 61_000],
    ["that is none", () => Number.NaN],
  ])("%s is ignored and counted", (_, capturedMs) => {
    const clock = new CaptureClock(EPOCH_MS);
    feed(clock, { to: 90 }, { arrivesMs: (atMs) => atMs + 400, capturedMs });
    expect(clock.clock).toEqual({ source: "arrival", offsetMs: 400 });
    expect(clock.implausible).toBe(90);
  });

  it("that is scattered over seconds is no clock", () => {
    const clock = new CaptureClock(EPOCH_MS);
    feed(
      clock,
      { to: 300 },
      { arrivesMs: (atMs) => atMs + 400, capturedMs: (atMs, i) => atMs - jitterMs(i) * 100 },
    );
    expect(clock.clock.source).toBe("arrival");
  });

  it("is kept through frames that do not tell", () => {
    const clock = new CaptureClock(EPOCH_MS);
    feed(clock, { to: 30 }, { arrivesMs: (atMs) => atMs + 400, capturedMs: (atMs) => atMs });
    feed(clock, { from: 30, to: 300 }, { arrivesMs: (atMs) => atMs + 400 });
    expect(clock.clock).toEqual({ source: "capture", offsetMs: 0 });
  });
});

it("is the timeline's own before anything came", () => {
  expect(new CaptureClock(EPOCH_MS).clock).toBe(TIMELINE_CLOCK);
});
