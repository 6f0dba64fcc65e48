import { SAMPLE_RATE, type SoundUnit } from "./unit.ts";

/** Holds sound back, to meet a later picture. */
export class DelayLine implements SoundUnit {
  #left = new Float32Array(0);
  #right = new Float32Array(0);
  #at = 0;

  /** Sound on its way is lost where the time changes. */
  setMs(ms: number): void {
    const samples = Math.max(0, Math.round((ms * SAMPLE_RATE) / 1_000));
    if (samples === this.#left.length) return;
    this.#left = new Float32Array(samples);
    this.#right = new Float32Array(samples);
    this.#at = 0;
  }

  process(left: Float32Array, right: Float32Array): void {
    const { length } = this.#left;
    if (length === 0) return;
    for (let i = 0; i < left.length; i += 1) {
      const [late, lateRight] = [this.#left[this.#at] ?? 0, this.#right[this.#at] ?? 0];
      this.#left[this.#at] = left[i] ?? 0;
      this.#right[this.#at] = right[i] ?? 0;
      this.#at = (this.#at + 1) % length;
      left[i] = late;
      right[i] = lateRight;
    }
  }
}
