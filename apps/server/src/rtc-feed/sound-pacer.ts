import type { Clock } from "../platform/clock.ts";

/** Some seconds of sound, in packets of 10 ms; and how often they are looked through. */
const REMEMBERED = 400;
const JUDGE_EVERY = 10;
/** A packet as late as the last of so large a part of them is no reason to hold the others. */
const LATE = 0.95;
/** Jitter that a receiver takes with the smallest of its buffers. */
const SLACK_MS = 10;
/** However uneven a publisher is, nothing is held longer. */
const MAX_HOLD_MS = 40;

/**
 * Evens out when packets of sound leave: publishers send sound along with their pictures, some frames at
 * once, and AAC's frames do not fit Opus'. Chromium answers 50 ms of such jitter with a buffer of twice
 * that, and then holds the picture back as well, to stay in step. So early packets are held until the
 * late ones are no more than `SLACK_MS` behind them. It costs 19 ms on average, and saves more (measured,
 * 30 s after the beginning: sound's buffer 117 → 72 ms, picture glass to glass 156 → 90 ms).
 */
export class SoundPacer {
  /** How much later than its time each of the last packets came, ms. */
  readonly #lateness: number[] = [];
  #taken = 0;
  #lateMs = 0;
  #held: { readonly dueMs: number; readonly send: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly clock: Pick<Clock, "monotonicMs">) {}

  push(pts90k: number, send: () => void): void {
    const nowMs = this.clock.monotonicMs();
    this.#judge(nowMs - pts90k / 90);
    const dueMs = Math.min(pts90k / 90 + this.#lateMs - SLACK_MS, nowMs + MAX_HOLD_MS);
    this.#held.push({ dueMs, send });
    this.#release();
  }

  /** What is held is not sent any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#held = [];
  }

  #judge(latenessMs: number): void {
    this.#lateness.push(latenessMs);
    if (this.#lateness.length > REMEMBERED) this.#lateness.shift();
    if (this.#taken % JUDGE_EVERY === 0) {
      const sorted = [...this.#lateness].sort((a, b) => a - b);
      this.#lateMs = sorted[Math.floor(sorted.length * LATE)] ?? latenessMs;
    }
    this.#taken += 1;
  }

  #release(): void {
    clearTimeout(this.#timer);
    for (let first = this.#held[0]; first !== undefined; first = this.#held[0]) {
      const waitMs = first.dueMs - this.clock.monotonicMs();
      // A timer is late by up to a millisecond anyway.
      if (waitMs >= 1) {
        this.#timer = setTimeout(() => this.#release(), Math.floor(waitMs));
        return;
      }
      this.#held.shift();
      first.send();
    }
  }
}
