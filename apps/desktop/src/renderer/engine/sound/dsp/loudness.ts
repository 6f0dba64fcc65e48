import { SAMPLE_RATE, toDb } from "./unit.ts";

/** Momentary loudness is over 400 ms (EBU Tech 3341 §2.2), kept as four slices of a tenth of a second. */
const SLICE_SAMPLES = SAMPLE_RATE / 10;
const SLICES = 4;
const SILENCE = -96;

export interface Level {
  readonly peakDb: number;
  readonly lufs: number;
}

/** Peak and momentary loudness of a stereo signal, ten times a second. */
export class LevelMeter {
  readonly #weighting = [new KWeighting(), new KWeighting()] as const;
  readonly #slices = new Float64Array(SLICES);
  #slice = 0;
  #energy = 0;
  #peak = 0;
  #samples = 0;

  /** The level when a tenth of a second is full. */
  measure(left: Float32Array, right: Float32Array): Level | undefined {
    const [weightLeft, weightRight] = this.#weighting;
    let level: Level | undefined;
    for (let i = 0; i < left.length; i += 1) {
      const [l, r] = [left[i] ?? 0, right[i] ?? 0];
      this.#peak = Math.max(this.#peak, Math.abs(l), Math.abs(r));
      this.#energy += weightLeft.next(l) ** 2 + weightRight.next(r) ** 2;
      this.#samples += 1;
      if (this.#samples === SLICE_SAMPLES) level = this.#close();
    }
    return level;
  }

  #close(): Level {
    this.#slices[this.#slice] = this.#energy;
    this.#slice = (this.#slice + 1) % SLICES;
    const energy = this.#slices.reduce((sum, slice) => sum + slice, 0);
    const mean = energy / (SLICES * SLICE_SAMPLES);
    const level = {
      peakDb: toDb(this.#peak),
      // ITU-R BS.1770-4 §2.2: −0.691 makes up for the weighting at 1 kHz.
      lufs: mean === 0 ? SILENCE : Math.max(SILENCE, -0.691 + 10 * Math.log10(mean)),
    };
    this.#energy = 0;
    this.#peak = 0;
    this.#samples = 0;
    return level;
  }
}

/** ITU-R BS.1770-4 annex 1: a shelf for the head, then a high pass; coefficients are of 48 kHz. */
class KWeighting {
  readonly #shelf = new Biquad(
    [1.53512485958697, -2.69169618940638, 1.19839281085285],
    [-1.69065929318241, 0.73248077421585],
  );
  readonly #highPass = new Biquad([1, -2, 1], [-1.99004745483398, 0.99007225036621]);

  next(sample: number): number {
    return this.#highPass.next(this.#shelf.next(sample));
  }
}

/** Direct form II, transposed. */
class Biquad {
  #first = 0;
  #second = 0;

  constructor(
    private readonly b: readonly [number, number, number],
    private readonly a: readonly [number, number],
  ) {}

  next(x: number): number {
    const y = this.b[0] * x + this.#first;
    this.#first = this.b[1] * x - this.a[0] * y + this.#second;
    this.#second = this.b[2] * x - this.a[1] * y;
    // Denormal numbers cost a hundred times as much as silence.
    if (Math.abs(this.#first) < 1e-20) this.#first = 0;
    if (Math.abs(this.#second) < 1e-20) this.#second = 0;
    return y;
  }
}
