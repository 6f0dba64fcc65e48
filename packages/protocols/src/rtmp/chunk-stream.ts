import { RtmpError } from "./errors.ts";

const FIRST_ALLOCATION = 64 * 1024;

/** What is remembered of one chunk stream: the last header, and the message that is being put together. */
export class ChunkStream {
  /** Absolute time of the last message, milliseconds modulo 2^32. */
  timestamp = 0;
  /** Last timestamp field: a delta, or after a type 0 header the time itself (§5.3.1.2.4). */
  delta = 0;
  /** Value of the extended timestamp field when the last header had one. */
  extended: number | undefined;
  length = 0;
  type = 0;
  messageStreamId = 0;
  /** A message is under way. */
  open = false;
  received = 0;
  #buffer: Buffer = Buffer.alloc(0);

  get allocated(): number {
    return this.#buffer.length;
  }

  /** Room is made as bytes come in, never because a header declares a length. */
  append(data: Uint8Array, budgetBytes: number): void {
    const needed = this.received + data.length;
    if (needed > this.#buffer.length) {
      const size = Math.min(this.length, Math.max(needed, this.#buffer.length * 2, FIRST_ALLOCATION));
      if (size - this.#buffer.length > budgetBytes)
        throw new RtmpError("buffered", "too much unfinished data");
      const grown = Buffer.allocUnsafeSlow(size);
      this.#buffer.copy(grown, 0, 0, this.received);
      this.#buffer = grown;
    }
    this.#buffer.set(data, this.received);
    this.received = needed;
  }

  /** The finished message's bytes; the stream keeps none of them. */
  take(): Buffer {
    const payload = this.#buffer.subarray(0, this.received);
    this.drop();
    return payload;
  }

  drop(): void {
    this.#buffer = Buffer.alloc(0);
    this.received = 0;
    this.open = false;
  }
}
