/** Acknowledgements that come more rarely say nothing about now. */
const COARSE_BYTES = 256 * 1024;
const MIN_WINDOW = 16 * 1024;
const MAX_WINDOW = 128 * 1024;
const WRAP = 2 ** 32;

/**
 * How much is on its way, by the server's acknowledgements. The system's send buffer grows to megabytes, seconds of
 * a stream that could no longer be dropped; so no more than a second of it is let out at once, where the server
 * acknowledges often enough to know.
 */
export class InFlight {
  /** What the server is asked to acknowledge after: ten times a second, within reason. */
  readonly windowBytes: number;
  readonly #limitBytes: number;
  #sent = 0;
  #delivered: number | undefined;
  #coarse = false;

  constructor(bitrateBps: number) {
    const bytesPerS = bitrateBps / 8;
    this.windowBytes = Math.round(Math.min(MAX_WINDOW, Math.max(MIN_WINDOW, bytesPerS / 10)));
    this.#limitBytes = Math.max(bytesPerS, 4 * this.windowBytes);
  }

  get sent(): number {
    return this.#sent;
  }

  /** Undefined where the server does not say. */
  get delivered(): number | undefined {
    return this.#coarse ? undefined : this.#delivered;
  }

  get hasRoom(): boolean {
    const delivered = this.delivered;
    return delivered === undefined || this.#sent - delivered < this.#limitBytes;
  }

  send(bytes: number): void {
    this.#sent += bytes;
  }

  /** @param sequence bytes that the server has had, modulo 2^32 (§5.4.3); some count the handshake, too */
  acknowledge(sequence: number): void {
    const last = this.#delivered ?? 0;
    const step = (sequence - (last % WRAP) + WRAP) % WRAP;
    // A step back is of a server that counts something else.
    if (step > WRAP / 2) return;
    this.#coarse = step > Math.max(COARSE_BYTES, this.#limitBytes / 2);
    this.#delivered = last + step;
  }
}
