import { expect, it } from "vitest";
import { SoundClock, stretch } from "./sound-clock.ts";

const BLOCK = 512;
/** Reproducible, between 0 and 1. */
const jitter = (block: number) => ((block * 7_919) % 997) / 997;

/** Blocks of a sound card that runs by `ppm` too fast; the error at the end, ms, and how often it slipped. */
function run(clock: SoundClock, hours: number, ppm: number, fromBlock = 0, lateMs = 0) {
  const cardRate = 48_000 * (1 + ppm / 1_000_000);
  let errorMs = 0;
  let slips = 0;
  let errors = 0;
  const blocks = Math.round((hours * 3_600 * 48_000) / BLOCK);
  for (let block = fromBlock; block < fromBlock + blocks; block += 1) {
    const trueMs = lateMs + (block * BLOCK * 1_000) / cardRate;
    const arrivedMs = lateMs + ((block + 1) * BLOCK * 1_000) / cardRate + 15 * jitter(block);
    const before = clock.nextSample;
    const { slip, gapSamples } = clock.place(block * BLOCK, BLOCK, arrivedMs);
    if (before > 0 && clock.nextSample !== before + gapSamples + BLOCK + slip) errors += 1;
    slips += Math.abs(slip);
    errorMs = ((clock.nextSample - BLOCK) * 1_000) / 48_000 - trueMs;
  }
  expect(errors).toBe(0);
  return { errorMs, slips, blocks: fromBlock + blocks };
}

it.each([-100, 0, 100])("stays with the picture over an hour on a sound card %i ppm off", (ppm) => {
  const { errorMs, slips } = run(new SoundClock(), 1, ppm);
  expect(Math.abs(errorMs)).toBeLessThan(3);
  expect(slips).toBeLessThan(0.36 * 48_000 * 1.2 + 1_000);
});

it("fills what an interruption took with silence, and goes on at the right time", () => {
  const clock = new SoundClock();
  const { blocks } = run(clock, 0.01, 0);
  const { errorMs } = run(clock, 0.01, 0, blocks, 700);
  expect(Math.abs(errorMs)).toBeLessThan(3);
});

it("is not led astray by a window that was busy for half a second", () => {
  const clock = new SoundClock();
  const { blocks } = run(clock, 0.01, 0);
  for (let block = blocks; block < blocks + 40; block += 1) {
    const { slip, gapSamples } = clock.place(block * BLOCK, BLOCK, ((blocks + 48) * BLOCK) / 48);
    expect([slip, gapSamples]).toEqual([0, 0]);
  }
});

it("stretches a block by a few samples without a step in it", () => {
  const wave = Float32Array.from({ length: 2 * BLOCK }, (_, i) => Math.sin((i >> 1) / 8) * (i % 2 ? -1 : 1));
  for (const slip of [-1, 1, 5]) {
    const out = stretch(wave, slip);
    expect(out).toHaveLength(2 * (BLOCK + slip));
    expect([out[0], out[1], out.at(-2)]).toEqual([wave[0], wave[1], wave.at(-2)]);
    for (let i = 2; i < out.length; i += 1)
      expect(Math.abs((out[i] ?? 0) - (out[i - 2] ?? 0))).toBeLessThan(0.13);
  }
});
