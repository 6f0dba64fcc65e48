/** Waiting for so long, a keyframe's own burst apart, is a sign that the line carries less than is made. */
const CONGESTED_MS = 250;
/** A burst is over after so long; what waits then waits because the line is too narrow. */
const BURST_MS = 700;
/** No keyframe makes so much. */
const HOPELESS_MS = 900;
/** Of what the line carries: keyframes need room, and what waits shall go out. */
const SHARE = 0.85;
/** In so long what waits is to be gone. */
const DRAIN_S = 3;
/** A picture is left of what the line carries, however much waits. */
const LEAST_SHARE = 0.35;
/** Smaller changes are not worth another encoder. */
const WORTH = 0.06;
const UP = 1.15;
const UP_PAUSE_MS = 5_000;
const MAX_UP_PAUSE_MS = 60_000;
/** A setback so soon after a step up means that the step was too much. */
const SETBACK_MS = 15_000;

export interface LineReading {
  readonly nowMs: number;
  /** From the oldest that has not arrived to the newest that was made. */
  readonly lagMs: number;
  /** What has not arrived. */
  readonly backlogBytes: number;
  /** What arrived lately, of picture and sound: while something waits, all that the line carries. */
  readonly deliveredBps: number;
}

/**
 * The picture's bitrate by the state of the line. While things wait, what arrives is what the line carries: below that,
 * by as much as lets what waits go out soon; when it has, to just below it. From there up again slowly, and each time
 * later where stepping up has failed. Pure: given readings, gives wishes.
 */
export class BitratePilot {
  readonly #nominalBps: number;
  readonly #minBps: number;
  readonly #soundBps: number;
  #targetBps: number;
  /** What the line may carry for long, as far as known. */
  #ceilingBps: number;
  #lags: { readonly atMs: number; readonly lagMs: number }[] = [];
  #congested = false;
  #calmSinceMs = Number.NEGATIVE_INFINITY;
  #raisedMs = Number.NEGATIVE_INFINITY;
  #upPauseMs = UP_PAUSE_MS;

  constructor(of: { readonly nominalBps: number; readonly soundBps: number }) {
    this.#nominalBps = of.nominalBps;
    this.#soundBps = of.soundBps;
    // Below that frames are left out; a picture that hardly moves is fine with little.
    this.#minBps = Math.max(50_000, Math.round(of.nominalBps / 20));
    this.#targetBps = of.nominalBps;
    this.#ceilingBps = of.nominalBps;
  }

  get targetBps(): number {
    return this.#targetBps;
  }

  get isLowered(): boolean {
    return this.#targetBps < this.#nominalBps;
  }

  /** The new target where there is one. */
  read(reading: LineReading): number | undefined {
    const { nowMs, lagMs, backlogBytes, deliveredBps } = reading;
    const provenBps = this.#clamp(deliveredBps * SHARE - this.#soundBps);
    if (!this.#isCongested(nowMs, lagMs)) {
      // Also a burst shows what the line carries, as after a break of it.
      this.#ceilingBps = Math.max(this.#ceilingBps, provenBps);
      if (lagMs > CONGESTED_MS) return undefined;
      this.#congested = false;
      if (this.#ceilingBps < this.#nominalBps && nowMs - this.#calmSinceMs >= this.#upPauseMs) {
        this.#ceilingBps = this.#clamp(this.#ceilingBps * UP);
        this.#raisedMs = nowMs;
        this.#calmSinceMs = nowMs;
      }
      return this.#set(this.#ceilingBps);
    }
    if (!this.#congested) {
      const failed = nowMs - this.#raisedMs < SETBACK_MS;
      this.#upPauseMs = failed ? Math.min(MAX_UP_PAUSE_MS, this.#upPauseMs * 2) : UP_PAUSE_MS;
    }
    this.#congested = true;
    this.#calmSinceMs = nowMs;
    this.#ceilingBps = provenBps;
    const drainedBps = provenBps - (backlogBytes * 8) / DRAIN_S;
    return this.#set(Math.min(this.#targetBps, Math.max(provenBps * LEAST_SHARE, drainedBps)));
  }

  #isCongested(atMs: number, lagMs: number): boolean {
    this.#lags.push({ atMs, lagMs });
    while ((this.#lags[1]?.atMs ?? atMs) <= atMs - BURST_MS) this.#lags.shift();
    const [oldest] = this.#lags;
    const known = oldest !== undefined && oldest.atMs <= atMs - BURST_MS;
    return lagMs > HOPELESS_MS || (known && this.#lags.every((each) => each.lagMs > CONGESTED_MS));
  }

  #clamp(bps: number): number {
    return Math.round(Math.min(this.#nominalBps, Math.max(this.#minBps, bps)));
  }

  #set(bps: number): number | undefined {
    const next = this.#clamp(bps);
    const isEnd = next === this.#nominalBps || next === this.#minBps;
    if (next === this.#targetBps) return undefined;
    if (!isEnd && Math.abs(next - this.#targetBps) < this.#targetBps * WORTH) return undefined;
    this.#targetBps = next;
    return next;
  }
}
