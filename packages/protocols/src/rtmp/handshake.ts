import { RtmpError } from "./errors.ts";

export const HANDSHAKE_SIZE = 1536;
const VERSION = 3;

export type HandshakeStep =
  | { readonly kind: "more" }
  /** Write this, then go on. */
  | { readonly kind: "reply"; readonly bytes: Buffer; readonly rest: Uint8Array }
  /** The chunk stream begins with `rest`. */
  | { readonly kind: "done"; readonly rest: Uint8Array };

/**
 * Server's side of the simple handshake (RTMP 1.0 §5.2). C2 is read and not checked: clients that want
 * Adobe's digests send one of their own. Holds at most 1537 bytes. Throws `RtmpError` for another version.
 */
export class ServerHandshake {
  readonly #buffer = Buffer.alloc(1 + HANDSHAKE_SIZE);
  #filled = 0;
  #phase: "c0c1" | "c2" = "c0c1";
  readonly #random: Uint8Array;

  /** @param random 1528 bytes for S1 */
  constructor(random: Uint8Array) {
    this.#random = random;
  }

  push(data: Uint8Array): HandshakeStep {
    const wanted = this.#phase === "c0c1" ? 1 + HANDSHAKE_SIZE : HANDSHAKE_SIZE;
    const piece = data.subarray(0, wanted - this.#filled);
    this.#buffer.set(piece, this.#filled);
    this.#filled += piece.length;
    if (this.#phase === "c0c1" && this.#filled > 0 && this.#buffer[0] !== VERSION) {
      throw new RtmpError("handshake", `version ${this.#buffer[0]}`);
    }
    if (this.#filled < wanted) return { kind: "more" };
    const rest = data.subarray(piece.length);
    if (this.#phase === "c2") return { kind: "done", rest };
    const c1 = this.#buffer.subarray(1);
    // S1: time 0, version 0, random. S2 echoes C1.
    const bytes = Buffer.concat([Buffer.from([VERSION]), Buffer.alloc(8), this.#random, c1]);
    this.#phase = "c2";
    this.#filled = 0;
    return { kind: "reply", bytes, rest };
  }
}
