/** MPEG-TS counts 90 kHz in 33 bits (ISO 13818-1 §2.4.3.7): round once in 26.5 hours. */
const WRAP = 2 ** 33;
const HALF = WRAP / 2;

/** Makes a 33-bit counter endless. The first value is taken as the one nearest to `start90k`. */
export class TimestampUnwrapper {
  #last90k: number;

  constructor(start90k = 0) {
    this.#last90k = start90k;
  }

  /** `value`: 0 … 2^33-1. May go back by less than half a round (decoding order). */
  unwrap(value: number): number {
    const here = ((this.#last90k % WRAP) + WRAP) % WRAP;
    let delta = value - here;
    if (delta > HALF) delta -= WRAP;
    else if (delta < -HALF) delta += WRAP;
    this.#last90k += delta;
    return this.#last90k;
  }
}

/** The five bytes of a PES header's PTS or DTS (§2.4.3.6). */
export function readTimestamp(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) >> 1) & 0x07;
  const middle = ((bytes[at + 1] ?? 0) << 7) | ((bytes[at + 2] ?? 0) >> 1);
  const low = ((bytes[at + 3] ?? 0) << 7) | ((bytes[at + 4] ?? 0) >> 1);
  return high * 2 ** 30 + middle * 2 ** 15 + low;
}
