import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import type { SoundFilter } from "../../../../model/document.ts";
import { ChannelStrip, type StripSettings } from "./channel-strip.ts";
import type { Level } from "./loudness.ts";
import { NoiseSuppressor } from "./noise-suppressor.ts";
import { fromDb, SAMPLE_RATE, toDb } from "./unit.ts";

const QUANTUM = 128;
const wasm = createRequire(import.meta.url).resolve("@jitsi/rnnoise-wasm/dist/rnnoise.wasm");
const rnnoise = new WebAssembly.Module(readFileSync(wasm));
const tone =
  (db: number, hz = 997) =>
  (sample: number) =>
    fromDb(db) * Math.sin((2 * Math.PI * hz * sample) / SAMPLE_RATE);

function play(
  over: Partial<StripSettings>,
  seconds: number,
  left: (sample: number) => number,
  right = left,
  strip = new ChannelStrip(rnnoise),
) {
  strip.set({ volumeDb: 0, silent: false, pan: 0, mono: false, offsetMs: 0, filters: [], ...over });
  const levels: Level[] = [];
  const out: [number, number][] = [];
  for (let at = 0; at < seconds * SAMPLE_RATE; at += QUANTUM) {
    const block = [left, right].map((side) => Float32Array.from({ length: QUANTUM }, (_, i) => side(at + i)));
    const [l = new Float32Array(), r = new Float32Array()] = block;
    const level = strip.process(l, r);
    if (level !== undefined) levels.push(level);
    l.forEach((sample, i) => {
      out.push([sample, r[i] ?? 0]);
    });
  }
  const tail = out.slice(-SAMPLE_RATE / 10);
  const peaks = [0, 1].map((side) => toDb(Math.max(...tail.map((pair) => Math.abs(pair[side] ?? 0)))));
  return { levels, out, peaks, last: levels.at(-1) ?? { peakDb: 0, lufs: 0 } };
}

const filter = (one: object): SoundFilter => ({ id: "f", enabled: true, ...one }) as SoundFilter;

it("measures a tone as EBU's tests want it: −23 dBFS on both sides are −23 LUFS", () => {
  const { last } = play({}, 1, tone(-23));
  expect(last.peakDb).toBeCloseTo(-23, 1);
  expect(last.lufs).toBeCloseTo(-23, 1);
});

it("moves the fader without a click, mutes, pans and sums to mono", () => {
  expect(play({ volumeDb: -20 }, 0.5, tone(-6)).peaks.map(Math.round)).toEqual([-26, -26]);
  expect(play({ silent: true }, 0.5, tone(-6)).peaks).toEqual([-96, -96]);
  expect(play({ pan: -1 }, 0.5, tone(-6)).peaks.map(Math.round)).toEqual([-6, -96]);
  expect(play({ mono: true }, 0.5, tone(-6), () => 0).peaks.map(Math.round)).toEqual([-12, -12]);
  const strip = new ChannelStrip(undefined);
  play({}, 0.2, () => 1, undefined, strip);
  const { out } = play({ silent: true }, 0.2, () => 1, undefined, strip);
  const steps = out.slice(1).map(([sample], i) => Math.abs(sample - (out[i]?.[0] ?? 0)));
  expect(Math.max(...steps)).toBeLessThan(0.003);
});

it("holds sound back by the offset, to the sample", () => {
  const { out } = play({ offsetMs: 100 }, 0.3, (sample) => Number(sample >= 2_400));
  expect(out.findIndex(([sample]) => sample > 0)).toBe(2_400 + 4_800);
});

it("gates what is too quiet, and opens for what is not", () => {
  const gate = filter({
    ...{ kind: "gate", openDb: -30, closeDb: -36, attackMs: 5, holdMs: 50, releaseMs: 50 },
  });
  expect(play({ filters: [gate] }, 0.5, tone(-40)).peaks[0]).toBe(-96);
  expect(play({ filters: [gate] }, 0.5, tone(-20)).peaks[0]).toBeCloseTo(-20, 0);
  const speech = (sample: number) => tone(sample < 9_600 ? -20 : -60)(sample);
  expect(play({ filters: [gate] }, 0.6, speech).peaks[0]).toBe(-96);
});

it("compresses four to one above the threshold", () => {
  const compressor = filter({
    ...{ kind: "compressor", thresholdDb: -30, ratio: 4, attackMs: 1, releaseMs: 200, makeUpDb: 3 },
  });
  // 20 dB above the threshold become 5, and 3 are added.
  expect(Math.abs((play({ filters: [compressor] }, 1, tone(-10)).peaks[0] ?? 0) + 22)).toBeLessThan(1.5);
  expect(play({ filters: [compressor] }, 1, tone(-40)).peaks[0]).toBeCloseTo(-37, 0);
});

it("lets nothing above the limiter's threshold, from the first peak on", () => {
  const limiter = filter({ kind: "limiter", thresholdDb: -6, releaseMs: 60 });
  const { out } = play({ filters: [filter({ kind: "gain", gainDb: 20 }), limiter] }, 0.3, tone(-6));
  expect(Math.max(...out.map(([sample]) => Math.abs(sample)))).toBeLessThanOrEqual(fromDb(-6) + 1e-6);
  expect(play({ filters: [limiter] }, 0.3, tone(-12)).peaks[0]).toBeCloseTo(-12, 1);
});

it("takes steady noise away, after some seconds of it", () => {
  let seed = 1;
  const noise = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return (seed / 2_147_483_647 - 0.5) * 0.05;
  };
  const suppressor = new NoiseSuppressor(rnnoise);
  const [left, right] = [new Float32Array(SAMPLE_RATE), new Float32Array(SAMPLE_RATE)];
  for (let second = 0; second < 9; second += 1) {
    for (let i = 0; i < SAMPLE_RATE; i += 1) left[i] = right[i] = noise();
    suppressor.process(left, right);
  }
  const power = left.reduce((sum, sample) => sum + sample ** 2, 0) / SAMPLE_RATE;
  // Uniform noise has a twelfth of the square of its span; a sixteenth of that power may be left.
  expect(power).toBeLessThan(0.05 ** 2 / 12 / 16);
});
