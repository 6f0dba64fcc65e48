import { frameAt, ptsUsOf } from "./frame-grid.ts";
import type { Tick, TickerOrder } from "./ticker-worker.ts";

/** What wakes the clock: a worker, or a test. */
export interface Ticker {
  start(order: TickerOrder): void;
  onTick(listener: (tick: Tick) => void): void;
  close(): void;
}

/** A hitch of the window shorter than this many frames is made good for; the frames still have their own times. */
const CATCH_UP_FRAMES = 3;
/** Over a longer hitch the last picture stands; over more than this (the machine slept) there is a hole. */
const LONGEST_STAND_S = 2;

export interface FrameTime {
  readonly frame: number;
  /** Microseconds since the media epoch. */
  readonly ptsUs: number;
}

/** Calls for each frame of the canvas' grid in order, exactly once, and counts those whose time it missed. */
export class FrameClock {
  readonly epochMs: number;
  #fps = 0;
  #last = -1;
  #dropped = 0;

  constructor(
    private readonly ticker: Ticker,
    private readonly now: () => number,
    private readonly onFrame: (time: FrameTime) => void,
    /** So many frames were missed; at these times, in microseconds, the last picture can stand for them. */
    private readonly onMissed: (frames: number, repeat: readonly number[]) => void,
  ) {
    this.epochMs = now();
    ticker.onTick((tick) => this.#reach(tick));
  }

  get fps(): number {
    return this.#fps;
  }

  /** Frames for which the engine was too late, since the beginning. */
  get droppedRender(): number {
    return this.#dropped;
  }

  elapsedMs(): number {
    return this.now() - this.epochMs;
  }

  /** A new rate takes over at its own next grid point; times go on from the same epoch. */
  setRate(fps: number): void {
    if (fps === this.#fps) return;
    this.#fps = fps;
    const elapsedMs = this.elapsedMs();
    this.#last = frameAt(elapsedMs, fps);
    this.ticker.start({ fps, elapsedMs });
  }

  close(): void {
    this.ticker.close();
  }

  #reach({ frame, fps }: Tick): void {
    // Counted in another rate: believed, it would have the clock wait until its own frames reach that number.
    if (fps !== this.#fps) return;
    const missed = frame - this.#last - CATCH_UP_FRAMES;
    if (missed > 0) {
      const first = this.#last + 1;
      const stands = missed <= LONGEST_STAND_S * this.#fps ? missed : 0;
      this.#last += missed;
      this.#dropped += missed;
      this.onMissed(
        missed,
        Array.from({ length: stands }, (_, at) => ptsUsOf(first + at, this.#fps)),
      );
    }
    while (this.#last < frame) {
      this.#last += 1;
      this.onFrame({ frame: this.#last, ptsUs: ptsUsOf(this.#last, this.#fps) });
    }
  }
}

export class WorkerTicker implements Ticker {
  readonly #worker = new Worker(new URL("./ticker-worker.ts", import.meta.url), { type: "module" });

  start(order: TickerOrder): void {
    this.#worker.postMessage(order);
  }

  onTick(listener: (tick: Tick) => void): void {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Tick>) => listener(data));
  }

  close(): void {
    this.#worker.terminate();
  }
}
