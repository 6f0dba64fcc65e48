/** Asked one after the other, because together they would wait for each other. */
const ROUND_TRIPS = 5;
const EVERY_MS = 120_000;
/** Two clocks drift apart by up to so much of the time; browsers' are better, machines asleep are not. */
const DRIFT = 1e-4;

/** What a clock needs of the world. */
export interface ClockWorld {
  /** The server's wall clock, ms since 1970; rejects, or NaN, where it does not say. */
  ask(signal: AbortSignal): Promise<number>;
  /** This machine's, steady while the page lives. */
  localMs(): number;
}

interface Best {
  readonly offsetMs: number;
  readonly rttMs: number;
  readonly atMs: number;
}

/**
 * The server's wall clock, by round trips to `GET /time`: the shortest one bounds the error to half of
 * itself. Until the first answer, and where there is none, it is the browser's own clock.
 */
export class ServerClock {
  private best: Best | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly scope = new AbortController();

  constructor(private readonly world: ClockWorld = browserWorld) {}

  /** Sets the clock now and every few minutes until `close`. */
  start(): void {
    if (this.timer !== undefined || this.scope.signal.aborted) return;
    this.timer = setInterval(() => void this.sync(), EVERY_MS);
    void this.sync();
  }

  close(): void {
    clearInterval(this.timer);
    this.scope.abort();
  }

  /** Several round trips; never rejects. */
  async sync(): Promise<void> {
    for (let trip = 0; trip < ROUND_TRIPS && !this.scope.signal.aborted; trip++) {
      const sentMs = this.world.localMs();
      try {
        const serverMs = await this.world.ask(this.scope.signal);
        this.note(serverMs, sentMs, this.world.localMs());
      } catch {
        // Offline, or an old server: what is known stays.
        return;
      }
    }
  }

  /** To be added to the browser's clock. */
  get offsetMs(): number {
    return this.best?.offsetMs ?? 0;
  }

  /** The time it may be wrong by; null while it is the browser's own. */
  get errorMs(): number | null {
    return this.best && this.errorOf(this.best);
  }

  now(): number {
    return this.world.localMs() + this.offsetMs;
  }

  private note(serverMs: number, sentMs: number, gotMs: number): void {
    if (!Number.isFinite(serverMs) || gotMs < sentMs) return;
    const next = { offsetMs: serverMs - (sentMs + gotMs) / 2, rttMs: gotMs - sentMs, atMs: gotMs };
    // A round trip that contradicts what is known means that a clock was set.
    const known = this.best;
    const agrees =
      known && Math.abs(known.offsetMs - next.offsetMs) <= this.errorOf(known) + this.errorOf(next) + 1;
    if (!known || !agrees || this.errorOf(next) <= this.errorOf(known)) this.best = next;
  }

  private errorOf({ rttMs, atMs }: Best): number {
    return rttMs / 2 + (this.world.localMs() - atMs) * DRIFT;
  }
}

const browserWorld: ClockWorld = {
  ask: async (signal) => {
    const answer = await fetch("/time", { cache: "no-store", credentials: "omit", signal });
    return answer.ok ? Date.parse(await answer.text()) : Number.NaN;
  },
  // `Date.now()` jumps when somebody sets the clock.
  localMs: () => performance.timeOrigin + performance.now(),
};
