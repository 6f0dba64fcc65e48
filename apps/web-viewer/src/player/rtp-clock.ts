/** Wall clock of the picture's RTP timestamps, as `/realtime` tells it. */
export interface RtpClock {
  readonly rtpTimestamp: number;
  readonly wallMs: number;
  readonly source: "capture" | "arrival";
}

const TICKS_A_MS = 90;

/** When a frame was captured (or arrived), ms since 1970. Timestamps wrap at 2^32 (RFC 3550 §5.1). */
export const wallMsOf = (clock: RtpClock, rtpTimestamp: number): number =>
  // The signed 32-bit difference: half a turn, thirteen hours, either way.
  clock.wallMs + ((rtpTimestamp - clock.rtpTimestamp) | 0) / TICKS_A_MS;

/** Of so many frames the middle one is told. */
const KEPT = 15;
/** Older figures say nothing of now: the picture stands, or nobody looks. */
const STALE_MS = 2_000;

/** From a frame's time in the stream to its showing, over the last half second. */
export class FrameDelay {
  private delaysMs: number[] = [];
  private lastMs = Number.NEGATIVE_INFINITY;

  /** `shownMs` by the server's clock. */
  note(clock: RtpClock, rtpTimestamp: number, shownMs: number): void {
    this.lastMs = shownMs;
    this.delaysMs = [...this.delaysMs, shownMs - wallMsOf(clock, rtpTimestamp)].slice(-KEPT);
  }

  /** Another source has another clock. */
  forget(): void {
    this.delaysMs = [];
  }

  delayS(nowMs: number): number | null {
    if (nowMs - this.lastMs > STALE_MS || this.delaysMs.length === 0) return null;
    const sorted = this.delaysMs.toSorted((a, b) => a - b);
    return Math.max(0, sorted[sorted.length >> 1] ?? 0) / 1_000;
  }
}
