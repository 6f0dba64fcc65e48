import { expect, it } from "vitest";
import { SenderClock } from "./sender-clock.ts";

const WRAP = 2 ** 32;
const SENDER_MS = 1_700_000_000_000;

/** A sender whose sound takes 60 ms longer than its picture, on a network without jitter. */
function setUp(soundLagMs = 60) {
  const clock = new SenderClock({ audio: 48_000, video: 90_000 });
  const stamp = {
    audio: (ms: number): number => (WRAP - 48_000 + ms * 48) % WRAP,
    video: (ms: number): number => (123_456 + ms * 90) % WRAP,
  };
  const lagMs = { audio: soundLagMs, video: 0 };
  const place = (kind: "audio" | "video", atMs: number) =>
    clock.place(kind, stamp[kind](atMs), 5_000 + atMs + lagMs[kind]);
  const report = (kind: "audio" | "video", atMs: number, offMs = 0): void =>
    clock.report(kind, { rtpTimestamp: stamp[kind](atMs), wallMs: SENDER_MS + atMs + offMs });
  const apartMs = (atMs: number): number =>
    (place("audio", atMs).ticks90k - place("video", atMs).ticks90k) / 90;
  return { clock, place, report, apartMs };
}

it("goes by arrival until both have reported, then by the sender's clock", () => {
  const { clock, place, report, apartMs } = setUp();
  expect(place("video", 0)).toEqual({ ticks90k: 5_000 * 90, wallMs: undefined });
  expect(apartMs(0)).toBeCloseTo(60, 1);
  report("audio", 500);
  expect(apartMs(600)).toBeCloseTo(60, 1);
  report("video", 800);
  expect(apartMs(1_000)).toBeCloseTo(0, 1);
  expect(clock.soundMovedMs).toBeCloseTo(-60, 1);
  expect(place("video", 1_200)).toEqual({ ticks90k: 6_200 * 90, wallMs: SENDER_MS + 1_200 });
});

it("takes a report that comes before its first packet", () => {
  const { place, report, apartMs } = setUp();
  report("audio", 0);
  report("video", 0);
  expect(place("video", 40).wallMs).toBeCloseTo(SENDER_MS + 40, 1);
  expect(place("audio", 40).wallMs).toBeCloseTo(SENDER_MS + 40, 1);
  expect(apartMs(60)).toBeCloseTo(0, 1);
});

it("follows clocks that drift apart for hours, past their wraps", () => {
  const { report, apartMs } = setUp(0);
  apartMs(0);
  for (let second = 1; second < 20 * 3_600; second += 5) {
    const driftMs = second * 0.05;
    report("video", second * 1_000);
    report("audio", second * 1_000, driftMs);
    if (second > 100) expect(Math.abs(apartMs(second * 1_000) - driftMs)).toBeLessThan(6);
    else apartMs(second * 1_000);
  }
});

it("is not led astray by one wrong report, nor by reports that cannot be", () => {
  const { report, apartMs } = setUp(0);
  apartMs(0);
  for (const atMs of [0, 1_000, 2_000]) {
    report("video", atMs);
    report("audio", atMs);
  }
  report("audio", 2_500, 300);
  expect(apartMs(3_000)).toBeCloseTo(0, 1);
  const wild = setUp(0);
  wild.apartMs(0);
  wild.report("video", 0);
  wild.report("audio", 0, 3_600_000);
  expect(wild.apartMs(1_000)).toBeCloseTo(0, 1);
});
