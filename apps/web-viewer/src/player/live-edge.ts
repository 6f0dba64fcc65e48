/**
 * Where to play in a live stream, and how fast: pure, driven by samples, in seconds of media time and
 * milliseconds of a steady clock.
 *
 * A segment is seen one segment after its first frame, so nobody can play nearer to the edge than one
 * segment + the time to fetch it + a margin. The controller learns each term from the stream itself and
 * holds that distance with small rate changes; it seeks only when it is far off, and backs off after stalls.
 */
export interface LiveEdgeOptions {
  /** What stays in the buffer just before the next segment arrives. */
  marginS: number;
  /** Farther behind than this is a seek, nearer is a faster rate. */
  seekBehindS: number;
  /** Added after each stall, up to `maxBackOffS`, taken back slowly. */
  backOffS: number;
  maxBackOffS: number;
  maxRate: number;
  minRate: number;
}

export const LIVE_EDGE_DEFAULTS: LiveEdgeOptions = {
  marginS: 0.3,
  seekBehindS: 1.5,
  backOffS: 0.5,
  maxBackOffS: 4,
  maxRate: 1.05,
  minRate: 0.95,
};

/** Under this many times the bitrate the network is too near to the edge of what it can do. */
const COMFORTABLE_RATIO = 3;
const WINDOW = 6;
const SMALL_SEEK_S = 0.4;
/** After so many segments without a stall a part of the back-off is taken back. */
const CALM_SEGMENTS = 10;
/** Off by less than this is left alone; a correction goes on until it is within `SETTLED_S`. */
const TOLERANCE_S = 0.1;
const SETTLED_S = 0.03;

export interface LiveEdgeSample {
  nowMs: number;
  currentS: number;
  /** End of the buffered range around the playhead; equal to `currentS` when it is empty. */
  bufferedEndS: number;
  /** The viewer has just joined, pressed play or come back to a hidden tab: a small seek is no surprise. */
  returned?: boolean;
}

export type LiveEdgeAction = { kind: "rate"; rate: number } | { kind: "seek"; toS: number };

export class LiveEdge {
  private offsets: number[] = [];
  private fetches: number[] = [];
  private lastEdgeS = Number.NEGATIVE_INFINITY;
  private segmentS = 2;
  private ratio = Number.POSITIVE_INFINITY;
  private backOff = 0;
  private calm = 0;
  private guessed = false;
  private correcting = false;

  constructor(private readonly options: LiveEdgeOptions = LIVE_EDGE_DEFAULTS) {}

  /**
   * A playlist was seen whose end is `edgeS`. `ageMs` says how long ago its last segment was published:
   * known from the date-times for the first playlist (a guess), nought for one that we waited for.
   */
  noteEdge(edgeS: number, segmentS: number, nowMs: number, ageMs = 0): void {
    if (edgeS <= this.lastEdgeS) return;
    const first = this.lastEdgeS === Number.NEGATIVE_INFINITY;
    this.lastEdgeS = edgeS;
    this.segmentS = segmentS;
    // A guess is dropped for the first measured arrival.
    if (this.guessed) this.offsets = [];
    this.guessed = first;
    this.offsets = [...this.offsets, (nowMs - ageMs) / 1000 - edgeS].slice(-WINDOW);
    if (!first) this.calmDown();
  }

  /** A break in the timeline (a new run): arrivals before it say nothing of those after it. */
  noteBreak(): void {
    this.offsets = [];
    this.lastEdgeS = Number.NEGATIVE_INFINITY;
    this.guessed = false;
    // The stall at a break was the encoder's, not the network's.
    this.backOff = Math.max(0, this.backOff - this.options.backOffS);
  }

  /** From seeing a segment in the playlist to having it in the buffer. */
  noteFetch(seconds: number): void {
    this.fetches = [...this.fetches, Math.max(0, seconds)].slice(-WINDOW);
  }

  /** Throughput ÷ bitrate of what is played. */
  noteRatio(ratio: number): void {
    this.ratio = ratio;
  }

  noteStall(): void {
    this.calm = 0;
    this.backOff = Math.min(this.options.maxBackOffS, this.backOff + this.options.backOffS);
  }

  private calmDown(): void {
    this.calm += 1;
    if (this.calm < CALM_SEGMENTS || this.backOff === 0) return;
    this.calm = 0;
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

  /** How irregularly segments arrive. */
  private get jitterS(): number {
    return this.offsets.length < 2 ? 0 : Math.max(...this.offsets) - Math.min(...this.offsets);
  }

  private get fetchS(): number {
    return this.fetches.length === 0 ? 0.1 : Math.max(...this.fetches);
  }

  /** Distance to keep from `positionAt`. */
  get targetS(): number {
    const { marginS } = this.options;
    const slow = this.ratio >= COMFORTABLE_RATIO ? 0 : this.segmentS * (1 - this.ratio / COMFORTABLE_RATIO);
    const margin = Math.max(marginS, Math.min(2, this.jitterS) + marginS / 3);
    return this.segmentS + Math.min(this.fetchS, 2 * this.segmentS) + margin + slow + this.backOff;
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
    const error = this.latencyS(sample) - this.targetS;
    const goal = sample.currentS + error;
    const seekFrom = sample.returned ? SMALL_SEEK_S : this.options.seekBehindS;
    // Never onto the very end of the buffer: what is not there yet would stall.
    if (error > seekFrom) return { kind: "seek", toS: goal };

    const off = Math.abs(error);
    if (off > TOLERANCE_S) this.correcting = true;
    else if (off < SETTLED_S) this.correcting = false;
    if (!this.correcting) return this.rate(1);
    // With hardly anything buffered a faster rate would only bring the stall nearer.
    if (error > 0 && sample.bufferedEndS - sample.currentS < this.options.marginS / 2) return this.rate(1);
    return this.rate(1 + error * 0.2);
  }

  private rate(rate: number): LiveEdgeAction {
    const bounded = Math.min(this.options.maxRate, Math.max(this.options.minRate, rate));
    return { kind: "rate", rate: Math.round(bounded * 100) / 100 };
  }
}
