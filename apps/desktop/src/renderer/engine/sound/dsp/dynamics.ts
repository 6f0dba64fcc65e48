import { fromDb, SAMPLE_RATE, type SoundUnit, smoothing, toDb } from "./unit.ts";

export class Gain implements SoundUnit {
  readonly #gain: number;

  constructor({ gainDb }: { gainDb: number }) {
    this.#gain = fromDb(gainDb);
  }

  process(left: Float32Array, right: Float32Array): void {
    for (let i = 0; i < left.length; i += 1) {
      left[i] = (left[i] ?? 0) * this.#gain;
      right[i] = (right[i] ?? 0) * this.#gain;
    }
  }
}

export interface GateSettings {
  readonly openDb: number;
  readonly closeDb: number;
  readonly attackMs: number;
  readonly holdMs: number;
  readonly releaseMs: number;
}

/** Silent until somebody speaks: opens above one level, and closes below a lower one after a while. */
export class Gate implements SoundUnit {
  readonly #open: number;
  readonly #close: number;
  readonly #holdSamples: number;
  readonly #attackStep: number;
  readonly #releaseStep: number;
  #envelope = 0;
  #held = 0;
  #isOpen = false;
  #gain = 0;

  constructor({ openDb, closeDb, attackMs, holdMs, releaseMs }: GateSettings) {
    this.#open = fromDb(openDb);
    this.#close = fromDb(Math.min(closeDb, openDb));
    this.#holdSamples = (holdMs * SAMPLE_RATE) / 1_000;
    this.#attackStep = 1_000 / (Math.max(attackMs, 0.1) * SAMPLE_RATE);
    this.#releaseStep = 1_000 / (Math.max(releaseMs, 0.1) * SAMPLE_RATE);
  }

  process(left: Float32Array, right: Float32Array): void {
    for (let i = 0; i < left.length; i += 1) {
      const [l, r] = [left[i] ?? 0, right[i] ?? 0];
      // Falls slowly enough not to follow the wave itself.
      this.#envelope = Math.max(Math.abs(l), Math.abs(r), this.#envelope * ENVELOPE_FALL);
      if (this.#envelope >= this.#open) this.#isOpen = true;
      if (this.#envelope >= this.#close) this.#held = 0;
      else {
        this.#held += 1;
        if (this.#held > this.#holdSamples) this.#isOpen = false;
      }
      const next = this.#isOpen ? this.#gain + this.#attackStep : this.#gain - this.#releaseStep;
      this.#gain = Math.min(1, Math.max(0, next));
      left[i] = l * this.#gain;
      right[i] = r * this.#gain;
    }
  }
}
const ENVELOPE_FALL = smoothing(10);

export interface CompressorSettings {
  readonly thresholdDb: number;
  readonly ratio: number;
  readonly attackMs: number;
  readonly releaseMs: number;
  readonly makeUpDb: number;
}

/** What is above the threshold rises only by one in `ratio` decibels; both sides alike. */
export class Compressor implements SoundUnit {
  readonly #attack: number;
  readonly #release: number;
  #reductionDb = 0;

  constructor(private readonly settings: CompressorSettings) {
    this.#attack = smoothing(settings.attackMs);
    this.#release = smoothing(settings.releaseMs);
  }

  process(left: Float32Array, right: Float32Array): void {
    const { thresholdDb, ratio, makeUpDb } = this.settings;
    for (let i = 0; i < left.length; i += 1) {
      const [l, r] = [left[i] ?? 0, right[i] ?? 0];
      const overDb = toDb(Math.max(Math.abs(l), Math.abs(r))) - thresholdDb;
      const wanted = overDb > 0 ? overDb * (1 - 1 / ratio) : 0;
      const keep = wanted > this.#reductionDb ? this.#attack : this.#release;
      this.#reductionDb = wanted + keep * (this.#reductionDb - wanted);
      const gain = 10 ** ((makeUpDb - this.#reductionDb) / 20);
      left[i] = l * gain;
      right[i] = r * gain;
    }
  }
}

/** 1.5 ms: the gain is down before the peak comes out. */
const LOOK_AHEAD = 72;

/** Nothing comes out above the threshold. Sees ahead, so everything is late by 1.5 ms. */
export class Limiter implements SoundUnit {
  readonly #ceiling: number;
  readonly #release: number;
  readonly #left = new Float32Array(LOOK_AHEAD);
  readonly #right = new Float32Array(LOOK_AHEAD);
  readonly #needed = new Float32Array(LOOK_AHEAD).fill(1);
  #at = 0;
  #gain = 1;

  constructor({ thresholdDb, releaseMs }: { thresholdDb: number; releaseMs: number }) {
    this.#ceiling = fromDb(thresholdDb);
    this.#release = smoothing(releaseMs);
  }

  process(left: Float32Array, right: Float32Array): void {
    for (let i = 0; i < left.length; i += 1) {
      const [l, r] = [left[i] ?? 0, right[i] ?? 0];
      const peak = Math.max(Math.abs(l), Math.abs(r));
      const [late, lateRight] = [this.#left[this.#at] ?? 0, this.#right[this.#at] ?? 0];
      this.#left[this.#at] = l;
      this.#right[this.#at] = r;
      this.#needed[this.#at] = peak > this.#ceiling ? this.#ceiling / peak : 1;
      this.#at = (this.#at + 1) % LOOK_AHEAD;
      let needed = 1;
      for (let k = 0; k < LOOK_AHEAD; k += 1) needed = Math.min(needed, this.#needed[k] ?? 1);
      // Straight down over the look-ahead, and gently up again.
      if (needed < this.#gain) this.#gain = Math.max(needed, this.#gain - (1 - needed) / (LOOK_AHEAD / 2));
      else this.#gain = needed + this.#release * (this.#gain - needed);
      left[i] = clamp(late * this.#gain, this.#ceiling);
      right[i] = clamp(lateRight * this.#gain, this.#ceiling);
    }
  }
}

const clamp = (value: number, limit: number): number => Math.min(limit, Math.max(-limit, value));
