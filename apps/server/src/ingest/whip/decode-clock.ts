/** B-frames come some frames late at most; further back, the sender's time was restarted. */
const MAX_REORDER90K = 45_000;

/**
 * Decode times of a picture of which RTP tells presentation times alone (RFC 3550 §5.1). They are the
 * same where no frame is shown after a later one, which is the rule with WebRTC; behind a first B-frame
 * decode times stay as much earlier as these need.
 */
export class DecodeClock {
  #newest90k = Number.NEGATIVE_INFINITY;
  #last90k = Number.NEGATIVE_INFINITY;
  #reorder90k = 0;

  /** Frames in decoding order. */
  dts90k(pts90k: number): number {
    const back90k = this.#newest90k - pts90k;
    if (back90k > MAX_REORDER90K) {
      this.#last90k = Number.NEGATIVE_INFINITY;
      this.#newest90k = pts90k;
    } else {
      // Half as much again, so that those shown between two have room between their decode times.
      this.#reorder90k = Math.max(this.#reorder90k, back90k * 1.5);
      this.#newest90k = Math.max(this.#newest90k, pts90k);
    }
    this.#last90k = Math.max(pts90k - this.#reorder90k, this.#last90k + 1);
    return this.#last90k;
  }
}
