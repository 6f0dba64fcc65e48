/** How long the standard tier is kept at first; each further flight to it doubles it. */
const FIRST_STAY_MS = 60_000;
const LONGEST_STAY_MS = 600_000;

/**
 * Which tier to play where a stream offers both. Low latency costs a dozen requests a second, which the
 * thinnest lines do not carry beside the media. Pure: driven by times in milliseconds.
 */
export class TierChoice {
  private stayMs = FIRST_STAY_MS;
  private untilMs = 0;
  /** The standard tier plays for want of network. */
  lean = false;

  /** The line does not carry the lowest quality and the requests of the low tier. */
  starved(nowMs: number): void {
    this.lean = true;
    this.untilMs = nowMs + this.stayMs;
    this.stayMs = Math.min(LONGEST_STAY_MS, this.stayMs * 2);
  }

  /** The line would carry the low tier with ease: true when it is time to go back to it. */
  relieved(nowMs: number): boolean {
    if (!this.lean || nowMs < this.untilMs) return false;
    this.lean = false;
    return true;
  }

  /** Another stream: nothing of it is known. */
  forget(): void {
    this.lean = false;
    this.stayMs = FIRST_STAY_MS;
  }
}
