/**
 * A counter that wraps (16 bits: sequence numbers, 32 bits: timestamps) → one that goes on. Starts at
 * the first value; each next one is taken as the nearest to the one before, so a step back stays one.
 */
export class Unwrapper {
  readonly #range: number;
  #last: number | undefined;

  constructor(bits: 16 | 32) {
    this.#range = 2 ** bits;
  }

  /** Undefined before the first value. */
  get last(): number | undefined {
    return this.#last;
  }

  unwrap(value: number): number {
    this.#last = this.near(value);
    return this.#last;
  }

  /** The same without moving on: where a value lies beside the last one. */
  near(value: number): number {
    if (this.#last === undefined) return value;
    const half = this.#range / 2;
    const ahead = (value - this.#last) % this.#range;
    const step = ahead < -half ? ahead + this.#range : ahead >= half ? ahead - this.#range : ahead;
    return this.#last + step;
  }
}
