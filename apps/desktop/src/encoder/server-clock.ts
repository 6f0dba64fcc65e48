const TRIES = 5;
const TRY_MS = 2_000;
const AGAIN_MS = 60_000;
const LOOK_MS = 1_000;
/** Smaller differences are the way's, and every correction is a step in the stream's date-times. */
const STEP_MS = 15;
/** Between our clock and one that is never set: it has been set, or the machine has slept. */
const JUMP_MS = 100;

interface Clocks {
  readonly nowMs: () => number;
  /** Never set. */
  readonly monotonicMs: () => number;
}

/**
 * How far the server's clock is from ours: pictures carry the time of their capture by its clock, so that the delay
 * that it tells is true. Asked for again each minute, for clocks drift, and at once when ours has jumped.
 */
export class ServerClock {
  readonly #url: URL;
  readonly #onOffset: (offsetMs: number) => void;
  readonly #clocks: Clocks;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #offsetMs = 0;
  #apartMs: number;
  #askedAtMs = 0;
  #asking = false;

  /** @param url of `GET /time`, ISO 8601 with milliseconds @param onOffset to add to our clock */
  constructor(
    url: URL,
    onOffset: (offsetMs: number) => void,
    clocks: Clocks = { nowMs: Date.now, monotonicMs: () => performance.now() },
  ) {
    this.#url = url;
    this.#onOffset = onOffset;
    this.#clocks = clocks;
    this.#apartMs = this.#apart();
    this.#timer = setInterval(() => this.look(), LOOK_MS);
    this.ask();
  }

  /** Whether it is time to ask again. */
  look(): void {
    const apartMs = this.#apart();
    const jumped = Math.abs(apartMs - this.#apartMs) > JUMP_MS;
    this.#apartMs = apartMs;
    if (jumped || this.#clocks.monotonicMs() - this.#askedAtMs > AGAIN_MS) this.ask();
  }

  ask(): void {
    this.#askedAtMs = this.#clocks.monotonicMs();
    if (this.#asking) return;
    this.#asking = true;
    void this.#sync().finally(() => {
      this.#asking = false;
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stop.abort();
  }

  #apart(): number {
    return this.#clocks.nowMs() - this.#clocks.monotonicMs();
  }

  /** The quickest of a few round trips is the truest. */
  async #sync(): Promise<void> {
    let best: { readonly roundMs: number; readonly offsetMs: number } | undefined;
    for (let attempt = 0; attempt < TRIES && !this.#stop.signal.aborted; attempt += 1) {
      const apartMs = this.#apart();
      const reading = await this.#read();
      // Set in the middle of it: what was read is neither of then nor of now.
      if (Math.abs(this.#apart() - apartMs) > JUMP_MS) best = undefined;
      else if (reading !== undefined && reading.roundMs < (best?.roundMs ?? Number.POSITIVE_INFINITY))
        best = reading;
    }
    if (best === undefined || this.#stop.signal.aborted) return;
    if (Math.abs(best.offsetMs - this.#offsetMs) < STEP_MS) return;
    this.#offsetMs = best.offsetMs;
    this.#onOffset(best.offsetMs);
  }

  async #read(): Promise<{ readonly roundMs: number; readonly offsetMs: number } | undefined> {
    try {
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TRY_MS)]);
      const beganMs = this.#clocks.monotonicMs();
      const answer = await fetch(this.#url, { signal });
      const serverMs = Date.parse((await answer.text()).trim());
      const roundMs = this.#clocks.monotonicMs() - beganMs;
      if (!answer.ok || Number.isNaN(serverMs)) return undefined;
      return { roundMs, offsetMs: serverMs + roundMs / 2 - this.#clocks.nowMs() };
    } catch {
      // Without an answer our own clock is the best there is.
      return undefined;
    }
  }
}
