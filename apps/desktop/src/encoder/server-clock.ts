const TRIES = 5;
const TRY_MS = 2_000;
const AGAIN_MS = 60_000;
/** Smaller differences are the way's, and every correction is a step in the stream's date-times. */
const STEP_MS = 15;

/**
 * How far the server's clock is from ours: pictures carry the time of their capture by its clock, so that the delay
 * that it tells is true. Asked for again each minute, for clocks drift and are set.
 */
export class ServerClock {
  readonly #url: URL;
  readonly #onOffset: (offsetMs: number) => void;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #offsetMs = 0;

  /** @param url of `GET /time`, ISO 8601 with milliseconds @param onOffset to add to our clock */
  constructor(url: URL, onOffset: (offsetMs: number) => void) {
    this.#url = url;
    this.#onOffset = onOffset;
    this.#timer = setInterval(() => void this.#sync(), AGAIN_MS);
    void this.#sync();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stop.abort();
  }

  /** The quickest of a few round trips is the truest. */
  async #sync(): Promise<void> {
    let best: { readonly roundMs: number; readonly offsetMs: number } | undefined;
    for (let attempt = 0; attempt < TRIES && !this.#stop.signal.aborted; attempt += 1) {
      const reading = await this.#read();
      if (reading !== undefined && reading.roundMs < (best?.roundMs ?? Number.POSITIVE_INFINITY))
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
      const beganMs = performance.now();
      const answer = await fetch(this.#url, { signal });
      const serverMs = Date.parse((await answer.text()).trim());
      const roundMs = performance.now() - beganMs;
      if (!answer.ok || Number.isNaN(serverMs)) return undefined;
      return { roundMs, offsetMs: serverMs + roundMs / 2 - Date.now() };
    } catch {
      // Without an answer our own clock is the best there is.
      return undefined;
    }
  }
}
