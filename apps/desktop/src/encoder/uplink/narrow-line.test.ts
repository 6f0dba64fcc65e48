import { describe, expect, test } from "vitest";
import type { PictureUnit, SoundUnit } from "../units.ts";
import { BitratePilot } from "./bitrate-pilot.ts";
import { InFlight } from "./in-flight.ts";
import { LineMeter } from "./line-meter.ts";
import { SendQueue } from "./send-queue.ts";

const FPS = 30;
const GOP = 2 * FPS;
const SOUND_BPS = 128_000;
const NOMINAL_BPS = 1_500_000;
/** As `Uplink` reads the line. */
const TICK_MS = 250;
const KEYFRAME = 10;

interface Encoder {
  /** What it makes of what it is asked for. */
  readonly overshoot: number;
  /** Another bitrate counts from the next keyframe on, as with ffmpeg, else at once. */
  readonly waits: boolean;
  /** Bytes that the picture needs at most, whatever it may have. */
  readonly needsBps?: number;
}

interface Second {
  /** From its making to its arrival, of the picture that came last; the worst. */
  readonly lagMs: number;
  readonly pictures: number;
  readonly targetBps: number;
}

/** The uplink's parts over a line that carries `line(s)` bits a second, millisecond by millisecond. */
function simulate(encoder: Encoder, line: (s: number) => number, seconds: number) {
  let nowMs = 0;
  const flight = new InFlight(NOMINAL_BPS + SOUND_BPS, () => nowMs);
  const pilot = new BitratePilot({ nominalBps: NOMINAL_BPS, soundBps: SOUND_BPS });
  const meter = new LineMeter();
  const dropped: number[] = [];
  const queue = new SendQueue(1024 * 1024, (unit) => dropped.push(unit.ptsUs / 1000));
  /** In the system's buffers, which hold whatever they are given. */
  const under: { readonly unit: PictureUnit | SoundUnit; left: number }[] = [];
  let [delivered, acknowledged, budget] = [0, 0, 0];
  let [orderedBps, encodesBps] = [NOMINAL_BPS, NOMINAL_BPS];
  const arrived: { readonly unit: PictureUnit | SoundUnit; readonly atMs: number }[] = [];
  const story: Second[] = [];
  queue.goOnline();
  meter.restart(0, { sentBytes: 0, deliveredBytes: 0 });
  for (let frame = 0; nowMs < seconds * 1000; nowMs += 1) {
    if (nowMs >= (frame * 1000) / FPS) {
      const isKey = frame % GOP === 0;
      if (isKey || !encoder.waits) encodesBps = orderedBps;
      const made = Math.min(encodesBps * encoder.overshoot, encoder.needsBps ?? Number.POSITIVE_INFINITY);
      const share = ((isKey ? KEYFRAME : 1) * GOP) / (GOP - 1 + KEYFRAME);
      queue.push(picture(nowMs, isKey, Math.round((made / 8 / FPS) * share)));
      frame += 1;
    }
    if (nowMs % 21 === 0) queue.push(sound(nowMs));
    budget = under.length === 0 ? 0 : budget + line(nowMs / 1000) / 8000;
    for (let first = under[0]; first !== undefined && budget > 0; first = under[0]) {
      const bytes = Math.min(budget, first.left);
      [first.left, budget, delivered] = [first.left - bytes, budget - bytes, delivered + bytes];
      if (first.left > 0) break;
      arrived.push({ unit: first.unit, atMs: nowMs });
      under.shift();
    }
    if (delivered - acknowledged >= flight.windowBytes) {
      acknowledged = Math.floor(delivered);
      flight.acknowledge(acknowledged);
    }
    while (flight.hasRoom) {
      const unit = queue.shift();
      if (unit === undefined) break;
      flight.send(unit.data.byteLength);
      under.push({ unit, left: unit.data.byteLength });
    }
    if (nowMs % TICK_MS === 0) {
      const reading = { sentBytes: flight.sent, deliveredBytes: acknowledged };
      meter.read(nowMs, reading, queue.length > 0);
      const wish = pilot.read({
        nowMs,
        lagMs: queue.queuedMs + flight.standingMs,
        backlogBytes: queue.bytes + flight.sent - acknowledged,
        deliveredBps: meter.deliveredBps,
      });
      orderedBps = wish ?? orderedBps;
    }
    if (nowMs % 1000 === 999) {
      const pictures = arrived.filter(({ unit, atMs }) => unit.kind === "picture" && atMs > nowMs - 1000);
      const lags = pictures.map(({ unit, atMs }) => atMs - unit.ptsUs / 1000);
      story.push({ lagMs: Math.max(0, ...lags), pictures: pictures.length, targetBps: pilot.targetBps });
    }
  }
  const of = (kind: "picture" | "sound") => arrived.filter(({ unit }) => unit.kind === kind);
  return { story, dropped, pictures: of("picture"), sounds: of("sound") };
}

const config = Buffer.alloc(1);
const picture = (ms: number, key: boolean, bytes: number): PictureUnit => ({
  ...{ kind: "picture", encode: "e", ptsUs: ms * 1000, dtsUs: ms * 1000, key, data: Buffer.alloc(bytes) },
  ...{ config, frame: 0, source: 1, captureMs: ms },
});
const sound = (ms: number): SoundUnit => ({
  ...{
    kind: "sound",
    track: 1,
    ptsUs: ms * 1000,
    data: Buffer.alloc(Math.round((SOUND_BPS / 8) * 0.021)),
    config,
  },
});

const FULL = 4_000_000;
const HALF = (NOMINAL_BPS + SOUND_BPS) / 2;
const halfFrom10To40 = (s: number) => (s >= 10 && s < 40 ? HALF : FULL);

describe.each([
  ["that changes at once", { overshoot: 1, waits: false }, 1_500],
  ["that waits for the grid", { overshoot: 1, waits: true }, 2_200],
  ["that makes a tenth too much", { overshoot: 1.1, waits: true }, 2_200],
  ["of a picture that needs half", { overshoot: 1, waits: true, needsBps: 700_000 }, 500],
] as const)("half a line, an encoder %s", (_name, encoder, worstMs) => {
  const { story, dropped, pictures, sounds } = simulate(encoder, halfFrom10To40, 120);
  const worst = (from: number, to: number) => Math.max(...story.slice(from, to).map(({ lagMs }) => lagMs));
  const steps = (of: typeof pictures) =>
    of.slice(1).map(({ unit }, at) => (unit.ptsUs - (of[at]?.unit.ptsUs ?? 0)) / 1000);

  test("all sound arrives, and the picture goes on", () => {
    expect(Math.max(...steps(sounds))).toBe(21);
    expect(Math.max(...steps(pictures))).toBeLessThan(500);
    expect(dropped.length).toBeLessThan(FPS / 2);
  });

  test("the delay is bounded, and small again while the line is still narrow", () => {
    expect(worst(0, 120)).toBeLessThan(worstMs);
    expect(worst(16, 28)).toBeLessThan(500);
    // Trying whether it carries more costs some.
    expect(worst(28, 40)).toBeLessThan(700);
  });

  test("the line is used while it is narrow", () => {
    const carried = story.slice(18, 40).map(({ targetBps }) => targetBps);
    const mean = carried.reduce((sum, bps) => sum + bps, 0) / carried.length;
    expect(mean).toBeGreaterThan(0.6 * (HALF - SOUND_BPS));
  });

  test("afterwards the delay is normal, and the picture as good as before within a minute", () => {
    expect(worst(42, 120)).toBeLessThan(150);
    expect(story[105]?.targetBps).toBe(NOMINAL_BPS);
  });
});

test("after a line that was dead for two seconds the bitrate is back at once", () => {
  const deadFor2 = (s: number) => (s >= 10 && s < 12 ? 0 : FULL);
  const { story } = simulate({ overshoot: 1, waits: false }, deadFor2, 40);
  expect(story[16]?.targetBps).toBeGreaterThan(NOMINAL_BPS / 2);
  expect(story[14]?.lagMs).toBeLessThan(300);
});

test("a line of a tenth carries sound, and now and then a picture", () => {
  const { sounds, pictures, story } = simulate(
    { overshoot: 1, waits: true },
    (s) => (s >= 10 ? 160_000 : FULL),
    60,
  );
  const late = (of: typeof sounds) => of.filter(({ atMs }) => atMs > 30_000);
  expect(late(sounds).length).toBeGreaterThan(30 * 40);
  expect(late(pictures).length).toBeGreaterThan(10);
  expect(Math.max(...story.slice(20).map(({ lagMs }) => lagMs))).toBeLessThan(5_000);
});
