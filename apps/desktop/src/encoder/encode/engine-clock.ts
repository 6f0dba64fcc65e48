/**
 * Media time over engines: one that is started anew begins at zero, and what is sent and recorded must go on. Its
 * times are moved behind the last ones by the time that passed, in whole keyframe intervals, so that the grid stays.
 */
export class EngineClock {
  #shiftUs = 0;
  #newestUs = 0;
  #newestAtMs = 0;
  #gridUs: number | undefined;

  /** Media time of this moment: what is captured now will have it. Before the first picture it is nought. */
  get nowUs(): number {
    if (this.#newestAtMs === 0) return 0;
    return this.#newestUs + (performance.now() - this.#newestAtMs) * 1000;
  }

  /** Another engine speaks from now on. */
  restart(gridUs: number): void {
    if (this.#newestAtMs > 0) this.#gridUs = Math.max(1, gridUs);
  }

  placed<T extends { readonly ptsUs: number }>(message: T): T {
    if (this.#gridUs !== undefined) {
      const passedUs = (performance.now() - this.#newestAtMs) * 1000;
      const shiftUs = this.#newestUs + passedUs - message.ptsUs;
      this.#shiftUs = Math.ceil(shiftUs / this.#gridUs) * this.#gridUs;
      this.#gridUs = undefined;
    }
    const ptsUs = message.ptsUs + this.#shiftUs;
    if (ptsUs > this.#newestUs) {
      this.#newestUs = ptsUs;
      this.#newestAtMs = performance.now();
    }
    return this.#shiftUs === 0 ? message : { ...message, ptsUs };
  }
}
