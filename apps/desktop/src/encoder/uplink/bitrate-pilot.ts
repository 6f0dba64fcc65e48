/** What waits for so long is a sign that the line carries less than is made. */
const CONGESTED_MS = 300;
const CALM_MS = 100;
/** After a step down the queue needs time to show what it did. */
const DOWN_PAUSE_MS = 1_500;
const UP_PAUSE_MS = 6_000;
const MAX_UP_PAUSE_MS = 60_000;
const DOWN = 0.85;
const UP = 1.1;
/** Of what the line carried: the rest empties the queue. */
const HEADROOM = 0.8;
/** A setback so soon after a step up means that the step was too much. */
const SETBACK_MS = 15_000;

export interface LineReading {
  readonly nowMs: number;
  /** Waiting in front of the line. */
  readonly queuedMs: number;
  /** Bits a second that it took lately, of picture and sound. */
  readonly throughputBps: number;
}

/**
 * The picture's bitrate by the state of the line: down before frames have to be left out, up again slowly, and each
 * time later where stepping up has failed. Pure: given readings, gives wishes.
 */
export class BitratePilot {
  readonly #nominalBps: number;
  readonly #minBps: number;
  readonly #soundBps: number;
  #targetBps: number;
  #changedMs = Number.NEGATIVE_INFINITY;
  #raisedMs = Number.NEGATIVE_INFINITY;
  #calmSinceMs: number | undefined;
  #upPauseMs = UP_PAUSE_MS;

  constructor(of: { readonly nominalBps: number; readonly soundBps: number }) {
    this.#nominalBps = of.nominalBps;
    this.#soundBps = of.soundBps;
    // Below that frames are left out; a picture that hardly moves is fine with little.
    this.#minBps = Math.max(50_000, Math.round(of.nominalBps / 20));
    this.#targetBps = of.nominalBps;
  }

  get targetBps(): number {
    return this.#targetBps;
  }

  get isLowered(): boolean {
    return this.#targetBps < this.#nominalBps;
  }

  /** The new target where there is one. */
  read(reading: LineReading): number | undefined {
    const { nowMs, queuedMs } = reading;
    this.#calmSinceMs = queuedMs < CALM_MS ? (this.#calmSinceMs ?? nowMs) : undefined;
    if (queuedMs > CONGESTED_MS) return this.#lower(reading);
    const calmMs = this.#calmSinceMs === undefined ? 0 : nowMs - this.#calmSinceMs;
    if (!this.isLowered || calmMs < this.#upPauseMs || nowMs - this.#changedMs < this.#upPauseMs) {
      return undefined;
    }
    this.#raisedMs = nowMs;
    return this.#set(nowMs, this.#targetBps * UP);
  }

  #lower({ nowMs, throughputBps }: LineReading): number | undefined {
    if (nowMs - this.#changedMs < DOWN_PAUSE_MS) return undefined;
    const failed = nowMs - this.#raisedMs < SETBACK_MS;
    this.#upPauseMs = failed ? Math.min(MAX_UP_PAUSE_MS, this.#upPauseMs * 2) : UP_PAUSE_MS;
    const carried = throughputBps * HEADROOM - this.#soundBps;
    return this.#set(nowMs, Math.min(this.#targetBps * DOWN, carried));
  }

  #set(nowMs: number, bps: number): number | undefined {
    const next = Math.round(Math.min(this.#nominalBps, Math.max(this.#minBps, bps)));
    if (next === this.#targetBps) return undefined;
    this.#targetBps = next;
    this.#changedMs = nowMs;
    return next;
  }
}
