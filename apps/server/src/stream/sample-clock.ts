/** AAC frames hold 1024 samples (ISO 14496-3); AAC-LC is all that the hub takes today. */
const SAMPLES_PER_FRAME = 1024;
const TICKS_PER_SECOND = 90_000;
/** Sound further off than this has a real gap, or was cut. */
const GAP90K = 4_500;

/** Evens out the millisecond rounding of a sound track, so that resamplers see no false drift. */
export class SampleClock {
  readonly #frame90k: number;
  #next90k: number | undefined;
  #last90k = Number.NEGATIVE_INFINITY;

  constructor(sampleRate: number) {
    this.#frame90k = (SAMPLES_PER_FRAME * TICKS_PER_SECOND) / sampleRate;
  }

  /** @returns the frame's time, after the last one's */
  smooth(pts90k: number): number {
    const expected = this.#next90k ?? pts90k;
    const error = pts90k - expected;
    const time = Math.abs(error) > GAP90K ? pts90k : expected + error * 0.02;
    this.#next90k = time + this.#frame90k;
    this.#last90k = Math.max(Math.round(time), this.#last90k + 1);
    return this.#last90k;
  }
}
