const WRAP = 2 ** 32;

/**
 * Milliseconds modulo 2^32 → a count that goes on (RTMP 1.0 §5.3: adjacent timestamps lie within 2^31 - 1
 * of each other). One for a whole session, so that sound and picture wrap together. Starts anywhere; a
 * step back stays a step back.
 */
export class TimestampUnwrapper {
  #last: number | undefined;

  unwrap(timestamp: number): number {
    if (this.#last === undefined) this.#last = timestamp;
    else this.#last += (timestamp - (((this.#last % WRAP) + WRAP) % WRAP)) | 0;
    return this.#last;
  }
}
