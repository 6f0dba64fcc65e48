/**
 * Where to play in a live stream, and how fast: pure, driven by samples, in seconds of media time and
 * milliseconds of a steady clock.
 *
 * Media comes in steps (parts, or whole segments where there are none), each seen one step after its first
 * frame. Just before a step is in the buffer, the buffer's end lags behind the edge by the step, the time
 * to fetch it and whatever made it late: that lag is measured at each step, and nobody can play nearer to
 * the edge than it and a margin. The controller holds this distance with small rate changes; it seeks only
 * when it is far off, and backs off after stalls.
 */
export interface LiveEdgeOptions {
  /** What usually stays in the buffer just before the next step is there. */
  marginS: number;
  /** What stays of it when the next step is as late as the latest of the last ones. */
  worstMarginS: number;
  /** So many of the last steps are judged by. */
  steps: number;
  /** Farther behind than this is a seek, nearer is a faster rate. */
  seekBehindS: number;
  /** The same for a viewer who has just joined or come back: then a small seek is no surprise. */
  smallSeekS: number;
  /** Off by less than this is left alone; a correction goes on until it is within `settledS`. */
  toleranceS: number;
  settledS: number;
  /** Added after each stall, up to `maxBackOffS`, taken back slowly. */
  backOffS: number;
  maxBackOffS: number;
  maxRate: number;
  minRate: number;
}

/** Whole segments. */
export const SEGMENT_EDGE: LiveEdgeOptions = {
  marginS: 0.3,
  worstMarginS: 0.1,
  steps: 6,
  seekBehindS: 1.5,
  smallSeekS: 0.4,
  toleranceS: 0.1,
  settledS: 0.03,
  backOffS: 0.5,
  maxBackOffS: 4,
  maxRate: 1.05,
  minRate: 0.95,
};

/** Parts: some six seconds of them. */
export const PART_EDGE: LiveEdgeOptions = {
  ...SEGMENT_EDGE,
  marginS: 0.3,
  worstMarginS: 0.15,
  steps: 30,
  seekBehindS: 0.8,
  smallSeekS: 0.25,
  toleranceS: 0.05,
  settledS: 0.015,
  backOffS: 0.25,
  maxBackOffS: 2,
};

/** Under this many times the bitrate the network is too near to the edge of what it can do. */
const COMFORTABLE_RATIO = 3;
/** What a fetch is taken to last before one was measured. */
const ASSUMED_FETCH_S = 0.1;
/** After so long without a stall a part of the back-off is taken back. */
const CALM_MS = 20_000;
/** Of the lags, the one that the whole margin is added to. */
const USUAL = 0.5;

export interface LiveEdgeSample {
  nowMs: number;
  currentS: number;
  /** End of the buffered range around the playhead; equal to `currentS` when it is empty. */
  bufferedEndS: number;
  /** The viewer has just joined, pressed play or come back to a hidden tab. */
  returned?: boolean;
}

export type LiveEdgeAction = { kind: "rate"; rate: number } | { kind: "seek"; toS: number };

export class LiveEdge {
  private offsets: number[] = [];
  private lags: number[] = [];
  private lastEdgeS = Number.NEGATIVE_INFINITY;
  private lastEndS: number | null = null;
  private stepS = 2;
  private ratio = Number.POSITIVE_INFINITY;
  private backOff = 0;
  private calmSinceMs = 0;
  private guessed = false;
  private correcting = false;

  constructor(private readonly options: LiveEdgeOptions = SEGMENT_EDGE) {}

  /**
   * A playlist was seen whose end is `edgeS`. `ageMs` says how long ago its last step was published:
   * known from the date-times for the first playlist (a guess), nought for one that we waited for.
   */
  noteEdge(edgeS: number, stepS: number, nowMs: number, ageMs = 0): void {
    if (edgeS <= this.lastEdgeS) return;
    const first = this.lastEdgeS === Number.NEGATIVE_INFINITY;
    this.lastEdgeS = edgeS;
    this.stepS = stepS;
    // A guess is dropped for the first measured arrival.
    if (this.guessed) this.offsets = [];
    this.guessed = first;
    this.offsets = [...this.offsets, (nowMs - ageMs) / 1000 - edgeS].slice(-this.options.steps);
    this.calmDown(nowMs);
  }

  /** A break in the timeline (a new run): arrivals before it say nothing of those after it. */
  noteBreak(): void {
    this.offsets = [];
    this.lags = [];
    this.lastEdgeS = Number.NEGATIVE_INFINITY;
    this.guessed = false;
    this.noteLost();
    // The stall at a break was the encoder's, not the network's.
    this.backOff = Math.max(0, this.backOff - this.options.backOffS);
  }

  /** The buffer around the playhead now ends at `endS`. */
  noteBuffered(endS: number, nowMs: number): void {
    const before = this.lastEndS;
    if (before !== null && endS <= before) return;
    this.lastEndS = endS;
    // What was caught up with (a join, a switch) says nothing of a step that was waited for.
    if (before === null || this.blind || endS < this.lastEdgeS - this.stepS / 2) return;
    const lagS = Math.min(3 * this.stepS + 1, Math.max(0, this.positionAt(nowMs) - before));
    this.lags = [...this.lags, lagS].slice(-this.options.steps);
  }

  /** The buffer's end is no longer followed: the viewer was elsewhere, or it was emptied. */
  noteLost(): void {
    this.lastEndS = null;
  }

  /** Throughput ÷ bitrate of what is played. */
  noteRatio(ratio: number): void {
    this.ratio = ratio;
  }

  noteStall(nowMs: number): void {
    this.calmSinceMs = nowMs;
    this.backOff = Math.min(this.options.maxBackOffS, this.backOff + this.options.backOffS);
  }

  private calmDown(nowMs: number): void {
    if (this.backOff === 0 || nowMs - this.calmSinceMs < CALM_MS) return;
    this.calmSinceMs = nowMs;
    this.backOff = Math.max(0, this.backOff - this.options.backOffS / 2);
  }

  /** No playlist has been seen since the start or the last break. */
  get blind(): boolean {
    return this.offsets.length === 0;
  }

  /** At least one arrival was waited for: the distance is known, not guessed from dates. */
  get measured(): boolean {
    return !this.blind && !this.guessed;
  }

  /** Media time that is being published at this moment. */
  positionAt(nowMs: number): number {
    return nowMs / 1000 - Math.min(...this.offsets);
  }

  /** Distance to keep from `positionAt`. */
  get targetS(): number {
    const { marginS, worstMarginS } = this.options;
    const sorted = [...this.lags].sort((a, b) => a - b);
    const usual = sorted[Math.floor(sorted.length * USUAL)] ?? this.stepS + ASSUMED_FETCH_S;
    const worst = sorted.at(-1) ?? usual;
    const slow = this.ratio >= COMFORTABLE_RATIO ? 0 : this.stepS * (1 - this.ratio / COMFORTABLE_RATIO);
    return Math.max(usual + marginS, worst + worstMarginS) + slow + this.backOff;
  }

  /** Where to begin now. */
  startAt(nowMs: number): number {
    return this.positionAt(nowMs) - this.targetS;
  }

  latencyS(sample: LiveEdgeSample): number {
    return this.positionAt(sample.nowMs) - sample.currentS;
  }

  decide(sample: LiveEdgeSample): LiveEdgeAction {
    if (this.blind) return this.rate(1);
    const { seekBehindS, smallSeekS, toleranceS, settledS, marginS } = this.options;
    const error = this.latencyS(sample) - this.targetS;
    const goal = sample.currentS + error;
    // Never onto the very end of the buffer: what is not there yet would stall.
    if (error > (sample.returned ? smallSeekS : seekBehindS)) return { kind: "seek", toS: goal };

    const off = Math.abs(error);
    if (off > toleranceS) this.correcting = true;
    else if (off < settledS) this.correcting = false;
    if (!this.correcting) return this.rate(1);
    // With hardly anything buffered a faster rate would only bring the stall nearer.
    if (error > 0 && sample.bufferedEndS - sample.currentS < marginS / 2) return this.rate(1);
    return this.rate(1 + error * 0.2);
  }

  private rate(rate: number): LiveEdgeAction {
    const bounded = Math.min(this.options.maxRate, Math.max(this.options.minRate, rate));
    return { kind: "rate", rate: Math.round(bounded * 100) / 100 };
  }
}
