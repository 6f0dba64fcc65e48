import { RtmpError } from "./errors.ts";
import { HANDSHAKE_SIZE } from "./handshake.ts";

const VERSION = 3;

/**
 * Client's side of the simple handshake (RTMP 1.0 §5.2): send `hello`, push what comes, answer with `reply`.
 * S2 is read and not checked: servers that want Adobe's digests do not echo.
 */
export class ClientHandshake {
  /** C0 and C1. */
  readonly hello: Buffer;
  readonly #answer = Buffer.alloc(1 + 2 * HANDSHAKE_SIZE);
  #filled = 0;

  /** @param random 1528 bytes for C1 */
  constructor(random: Uint8Array) {
    this.hello = Buffer.concat([Buffer.from([VERSION]), Buffer.alloc(8), random], 1 + HANDSHAKE_SIZE);
  }

  /** Undefined until all has come; then C2, and what belongs to the chunk stream. Throws `RtmpError`. */
  push(data: Uint8Array): { readonly reply: Buffer; readonly rest: Uint8Array } | undefined {
    const piece = data.subarray(0, this.#answer.length - this.#filled);
    this.#answer.set(piece, this.#filled);
    this.#filled += piece.length;
    if (this.#filled > 0 && this.#answer[0] !== VERSION) {
      throw new RtmpError("handshake", `version ${this.#answer[0]}`);
    }
    if (this.#filled < this.#answer.length) return undefined;
    return { reply: this.#answer.subarray(1, 1 + HANDSHAKE_SIZE), rest: data.subarray(piece.length) };
  }
}
