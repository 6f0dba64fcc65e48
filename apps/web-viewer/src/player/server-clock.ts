/**
 * The server's wall clock as far as HTTP's `Date` tells it (whole seconds, cut off): each answer bounds
 * the offset to one second, several narrow it. Where the browser's own clock lies within the bounds it is
 * taken as right.
 */
export class ServerClock {
  private low = Number.NEGATIVE_INFINITY;
  private high = Number.POSITIVE_INFINITY;

  constructor(private readonly local: () => number = Date.now) {}

  /** `dateMs` came in at `localMs`; it was written up to `travelMs` before. */
  note(dateMs: number, localMs: number, travelMs = 250): void {
    if (Number.isNaN(dateMs)) return;
    const low = dateMs - localMs;
    const high = low + 1_000 + travelMs;
    // Bounds that contradict what is known mean that a clock was set: begin again.
    if (low > this.high || high < this.low) {
      this.low = low;
      this.high = high;
      return;
    }
    this.low = Math.max(this.low, low);
    this.high = Math.min(this.high, high);
  }

  /** To be added to the local clock. */
  get offsetMs(): number {
    if (this.low <= 0 && this.high >= 0) return 0;
    return (this.low + this.high) / 2;
  }

  now(): number {
    return this.local() + this.offsetMs;
  }
}
