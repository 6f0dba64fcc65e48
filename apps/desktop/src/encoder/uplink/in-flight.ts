/** Acknowledgements that come more rarely say nothing about now. */
const COARSE_BYTES = 256 * 1024;
const MIN_WINDOW = 4 * 1024;
const MAX_WINDOW = 64 * 1024;
const WRAP = 2 ** 32;
/** What has been on its way for longer than the way takes stands in a queue that we cannot see into. */
const MAX_STANDING_MS = 400;
/** Over so long one sees what arrives in it. */
const RATE_MS = 700;
/** Of the ordered bitrate: so much is let out whatever arrived lately, for a keyframe after a picture that stood still. */
const LEAST_S = 0.15;

/**
 * How much is on its way, by the server's acknowledgements. The system's send buffer and routers hold megabytes,
 * seconds of a stream that could no longer be dropped; so no more is let out than arrives soon, where the server
 * acknowledges often enough to know.
 */
export class InFlight {
  /** What the server is asked to acknowledge after: forty times a second, within reason. */
  readonly windowBytes: number;
  readonly #limitBytes: number;
  readonly #leastBytes: number;
  readonly #nowMs: () => number;
  #sent = 0;
  #delivered: number | undefined;
  #coarse = false;
  /** The least between two acknowledgements: the server's window is no larger, whatever it was asked for. */
  #stepBytes = Number.POSITIVE_INFINITY;
  /** What is not acknowledged, oldest first: up to which byte, and when it was let out. */
  #unheard: { readonly to: number; readonly atMs: number }[] = [];
  /** How long the way takes when nothing stands in it. */
  #wayMs = Number.POSITIVE_INFINITY;
  /** Acknowledgements of late, and the last one before. */
  #heard: { readonly atMs: number; readonly bytes: number }[] = [];

  constructor(bitrateBps: number, nowMs: () => number = () => performance.now()) {
    const bytesPerS = bitrateBps / 8;
    this.windowBytes = Math.round(Math.min(MAX_WINDOW, Math.max(MIN_WINDOW, bytesPerS / 40)));
    this.#limitBytes = Math.max(bytesPerS, 16 * this.windowBytes);
    this.#leastBytes = Math.max(LEAST_S * bytesPerS, 4 * this.windowBytes);
    this.#nowMs = nowMs;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Undefined where the server does not say. */
  get delivered(): number | undefined {
    return this.#coarse ? undefined : this.#delivered;
  }

  get hasRoom(): boolean {
    if (this.#mayBeThere) return true;
    return this.#sent - (this.#delivered ?? 0) < this.#roomBytes && this.standingMs < MAX_STANDING_MS;
  }

  /** How much longer than the way takes the oldest has been on its way. */
  get standingMs(): number {
    const [oldest] = this.#unheard;
    if (oldest === undefined || this.#mayBeThere || this.#wayMs === Number.POSITIVE_INFINITY) return 0;
    return Math.max(0, this.#nowMs() - oldest.atMs - this.#wayMs);
  }

  send(bytes: number): void {
    this.#sent += bytes;
    this.#unheard.push({ to: this.#sent, atMs: this.#nowMs() });
    // Of who never acknowledges nothing need be remembered.
    if (this.#unheard.length > 10_000) this.#unheard.shift();
  }

  /** @param sequence bytes that the server has had, modulo 2^32 (§5.4.3); some count the handshake, too */
  acknowledge(sequence: number): void {
    const last = this.#delivered ?? 0;
    const step = (sequence - (last % WRAP) + WRAP) % WRAP;
    // A step back is of a server that counts something else.
    if (step > WRAP / 2) return;
    this.#coarse = step > Math.max(COARSE_BYTES, this.#limitBytes / 2);
    this.#delivered = last + step;
    if (step > 0) this.#stepBytes = Math.min(this.#stepBytes, step);
    let heard: { readonly atMs: number } | undefined;
    while ((this.#unheard[0]?.to ?? Number.POSITIVE_INFINITY) <= this.#delivered)
      heard = this.#unheard.shift();
    this.#heard.push({ atMs: this.#nowMs(), bytes: this.#delivered });
    while ((this.#heard[1]?.atMs ?? Number.POSITIVE_INFINITY) <= this.#nowMs() - RATE_MS) this.#heard.shift();
    if (heard !== undefined) this.#wayMs = Math.min(this.#wayMs, this.#nowMs() - heard.atMs);
  }

  /** What arrives while the way takes its time and what stands may stand. */
  get #roomBytes(): number {
    const [first, last] = [this.#heard[0], this.#heard.at(-1)];
    if (first === undefined || last === undefined || first === last) return this.#limitBytes;
    const bytesPerMs = (last.bytes - first.bytes) / Math.max(RATE_MS, this.#nowMs() - first.atMs);
    const bytes = bytesPerMs * (this.#wayMs + MAX_STANDING_MS);
    return Math.min(this.#limitBytes, Math.max(this.#leastBytes, bytes));
  }

  /** Nobody says otherwise: the last window is acknowledged when it is full, not before. */
  get #mayBeThere(): boolean {
    const delivered = this.delivered;
    return delivered === undefined || this.#sent - delivered < 2 * this.#stepBytes;
  }
}
