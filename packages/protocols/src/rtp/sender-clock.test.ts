import { expect, it } from "vitest";
import { SenderClock } from "./sender-clock.ts";

const WRAP = 2 ** 32;
const SENDER_MS = 1_700_000_000_000;

/** A sender whose sound takes longer on its way than its picture, on a network without jitter. */
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
  /** Packets of both for some time, and what the sound's largest step was beside its own time. */
  const send = (fromMs: number, untilMs: number): number => {
    let worstMs = 0;
    let last90k = place("audio", fromMs).ticks90k;
    for (let atMs = fromMs + 20; atMs <= untilMs; atMs += 20) {
      const { ticks90k } = place("audio", atMs);
      worstMs = Math.max(worstMs, Math.abs((ticks90k - last90k) / 90 - 20));
      last90k = ticks90k;
      place("video", atMs);
    }
    return worstMs;
  };
  return { clock, place, report, apartMs, send };
}

it("goes by arrival until both have reported, then glides to the sender's clock", () => {
  const { place, report, apartMs, send } = setUp();
  expect(place("video", 0)).toEqual({ ticks90k: 5_000 * 90, wallMs: undefined });
  expect(apartMs(0)).toBeCloseTo(60, 1);
  report("audio", 500);
  expect(apartMs(600)).toBeCloseTo(60, 1);
  report("video", 800);
  expect(send(800, 8_000)).toBeLessThan(0.25);
  expect(Math.abs(apartMs(8_000))).toBeLessThan(1);
  expect(place("video", 8_200)).toEqual({ ticks90k: 13_200 * 90, wallMs: SENDER_MS + 8_200 });
});

it("cuts where they are far apart, once that is certain", () => {
  const { report, apartMs, send } = setUp(400);
  send(0, 500);
  for (const atMs of [500, 1_500]) {
    report("video", atMs);
    report("audio", atMs);
  }
  send(1_500, 2_500);
  expect(apartMs(2_500)).toBeCloseTo(400, 0);
  report("video", 2_500);
  report("audio", 2_500);
  expect(Math.abs(apartMs(2_520))).toBeLessThan(1);
});

it("is steady with a sender whose reports are late now and then", () => {
  const { report, apartMs, send } = setUp(0);
  send(0, 1_000);
  let worstMs = 0;
  for (let second = 1; second < 60; second += 1) {
    // The time of the last frame with that of the report, and a busy machine at each seventh.
    report("video", second * 1_000, (second * 13) % 33);
    report("audio", second * 1_000, second % 7 === 0 ? 300 : (second * 7) % 20);
    send(second * 1_000, second * 1_000 + 980);
    worstMs = Math.max(worstMs, Math.abs(apartMs(second * 1_000 + 980)));
  }
  expect(worstMs).toBeLessThan(20);
});

it("takes no report of what was not sent yet", () => {
  const { clock, place, apartMs } = setUp();
  clock.report("audio", { rtpTimestamp: 0, wallMs: SENDER_MS });
  clock.report("video", { rtpTimestamp: 0, wallMs: SENDER_MS });
  expect(apartMs(40)).toBeCloseTo(60, 1);
  expect(place("video", 60).wallMs).toBeUndefined();
});

it("follows clocks that drift apart for hours, past their wraps", () => {
  const { report, apartMs, send } = setUp(0);
  for (let second = 0; second < 20 * 3_600; second += 5) {
    const driftMs = second * 0.05;
    report("video", second * 1_000);
    report("audio", second * 1_000, driftMs);
    send(second * 1_000, second * 1_000 + 40);
    if (second > 100) expect(Math.abs(apartMs(second * 1_000 + 60) - driftMs)).toBeLessThan(15);
  }
});

it("is not led astray by reports that cannot be", () => {
  const { report, apartMs, send } = setUp(0);
  send(0, 100);
  report("video", 100);
  report("audio", 100, 3_600_000);
  send(100, 3_000);
  expect(apartMs(3_000)).toBeCloseTo(0, 1);
});
