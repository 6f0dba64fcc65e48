/** A keyframe of half a second's bits, after which pictures are small, is as it should be. */
const BUFFER_S = 0.7;

/**
 * What an encoder may make: its bitrate, and a buffer of less than a second beyond. WebCodecs' software encoder knows
 * a coarsest quantiser, and makes three times what it was asked for of a picture that is all noise.
 */
export class BitBudget {
  #bitrateBps: number;
  #overBits = 0;
  #atUs: number | undefined;

  constructor(bitrateBps: number) {
    this.#bitrateBps = bitrateBps;
  }

  setBitrate(bitrateBps: number): void {
    this.#bitrateBps = bitrateBps;
    // What was made while nobody minded is not to be paid for now.
    this.#overBits = Math.min(this.#overBits, bitrateBps * BUFFER_S);
  }

  spend(bytes: number): void {
    this.#overBits += bytes * 8;
  }

  /** Whether a picture of this time has to be left out; times go up. */
  isSpent(ptsUs: number): boolean {
    const passedUs = Math.max(0, ptsUs - (this.#atUs ?? ptsUs));
    this.#atUs = ptsUs;
    this.#overBits = Math.max(0, this.#overBits - (this.#bitrateBps * passedUs) / 1e6);
    return this.#overBits > this.#bitrateBps * BUFFER_S;
  }
}
