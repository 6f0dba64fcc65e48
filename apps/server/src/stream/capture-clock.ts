/**
 * What a stream's timeline is in wall-clock time: tick t was captured, or came in, at
 * `epochMs + t / 90 + offsetMs`. Players measure their delay against it.
 */
export interface StreamClock {
  /** `capture`: the publisher tells when it captured; `arrival`: only the server's receiving is known. */
  readonly source: "capture" | "arrival";
  readonly offsetMs: number;
}

/** The timeline's own reading, where nothing better is known. */
export const TIMELINE_CLOCK: StreamClock = { source: "arrival", offsetMs: 0 };

/** A capture clock this far ahead of arrival, or behind it, is set wrong. */
const MAX_AHEAD_MS = 1_000;
const MAX_AGE_MS = 60_000;
/** Captures to see before they are believed, and kept at most: seconds, in which no clock drifts. */
const MIN_CAPTURES = 3;
const MAX_CAPTURES = 120;
/** Half of the captures lie this close to their median, or they are no clock. */
const MAX_SCATTER_MS = 50;
/** The fastest arrival of so many seconds is what the network costs at its best. */
const ARRIVAL_WINDOW_S = 60;
/** Smaller changes are noise; date-times do not follow it. */
const HYSTERESIS_MS = 10;

/** A unit as it lies on the stream's timeline. */
export interface TimedUnit {
  readonly pts90k: number;
  readonly captureMs?: number;
  readonly receivedAtMs: number;
}

/**
 * One publisher's wall clock against the stream's timeline, from what its units tell: the median of
 * the captures, else the smallest arrival − timestamp of the last minute. So neither a burst of what an
 * encoder had buffered, nor jitter, moves it, and a clock that runs 50 ppm off is followed for hours.
 * Pure: time comes with the units.
 */
export class CaptureClock {
  #clock: StreamClock = TIMELINE_CLOCK;
  #captures: { readonly offsetMs: number; readonly delayMs: number }[] = [];
  /** The smallest arrival − timestamp of each second, oldest first. */
  #arrivals: { readonly second: number; offsetMs: number }[] = [];
  #delayMs: number | undefined;
  #implausible = 0;
  #begun = false;

  /** @param epochMs wall clock of tick 0 */
  constructor(private readonly epochMs: number) {}

  get clock(): StreamClock {
    return this.#clock;
  }

  /** Arrival − capture, median; undefined where capture is not told. */
  get delayMs(): number | undefined {
    return this.#delayMs;
  }

  /** Captures that were not believed. */
  get implausible(): number {
    return this.#implausible;
  }

  /** The publisher's timestamps jumped: what was seen before says nothing of the units to come. */
  forget(): void {
    this.#captures = [];
    this.#arrivals = [];
    this.#begun = false;
  }

  /** Takes the next unit of the stream's leading track; what the clock is from here on. */
  add(unit: TimedUnit): StreamClock {
    const arrivalMs = this.#arrival(unit);
    const captureMs = this.#capture(unit);
    if (captureMs !== undefined) this.#become("capture", captureMs);
    // A clock that was believed once is kept through frames that do not tell.
    else if (this.#clock.source === "arrival") this.#become("arrival", arrivalMs);
    return this.#clock;
  }

  #arrival({ pts90k, receivedAtMs }: TimedUnit): number {
    const offsetMs = receivedAtMs - this.epochMs - pts90k / 90;
    const second = Math.floor(receivedAtMs / 1_000);
    const newest = this.#arrivals.at(-1);
    if (newest?.second === second) newest.offsetMs = Math.min(newest.offsetMs, offsetMs);
    else this.#arrivals.push({ second, offsetMs });
    // The server's clock may be set back: what then seems to be of the future goes as well.
    this.#arrivals = this.#arrivals.filter((each) => Math.abs(second - each.second) < ARRIVAL_WINDOW_S);
    return Math.min(...this.#arrivals.map((each) => each.offsetMs));
  }

  /** Undefined while there is no clock to be seen in the captures. */
  #capture({ pts90k, captureMs, receivedAtMs }: TimedUnit): number | undefined {
    if (captureMs === undefined) return undefined;
    const delayMs = receivedAtMs - captureMs;
    if (!(delayMs >= -MAX_AHEAD_MS && delayMs <= MAX_AGE_MS)) {
      this.#implausible += 1;
      return undefined;
    }
    this.#captures.push({ offsetMs: captureMs - this.epochMs - pts90k / 90, delayMs });
    if (this.#captures.length > MAX_CAPTURES) this.#captures.shift();
    if (this.#captures.length < MIN_CAPTURES) return undefined;
    const offsets = sorted(this.#captures.map((each) => each.offsetMs));
    const medianMs = middle(offsets);
    const scatterMs = middle(sorted(offsets.map((each) => Math.abs(each - medianMs))));
    if (scatterMs > MAX_SCATTER_MS) return undefined;
    this.#delayMs = middle(sorted(this.#captures.map((each) => each.delayMs)));
    return medianMs;
  }

  #become(source: StreamClock["source"], offsetMs: number): void {
    const { source: before, offsetMs: atMs } = this.#clock;
    const steady = this.#begun && source === before && Math.abs(offsetMs - atMs) < HYSTERESIS_MS;
    this.#begun = true;
    if (!steady) this.#clock = { source, offsetMs: Math.round(offsetMs) };
  }
}

const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
const middle = (list: readonly number[]): number => list[list.length >> 1] ?? 0;
