import { type Depacketiser, type DepacketiserOutput, MAX_FRAME_BYTES } from "./depacketiser.ts";
import { RtpError, type RtpPacket } from "./packet.ts";

/** A VP8 frame (RFC 6386 §9.1) as it came by RTP. */
export interface Vp8Frame {
  /** 32 bits, 90 kHz, as sent. */
  readonly timestamp: number;
  readonly keyframe: boolean;
  readonly data: Uint8Array;
  /** Of a keyframe. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

interface Assembly {
  readonly timestamp: number;
  readonly chunks: Uint8Array[];
  bytes: number;
}

/** RFC 7741. What follows a loss is left out up to the next keyframe, for it refers to what is missing. */
export class Vp8Depacketiser implements Depacketiser {
  #frame: Assembly | undefined;
  #awaitsKeyframe = true;
  #skipped: number | undefined;

  constructor(private readonly output: DepacketiserOutput<Vp8Frame>) {}

  push({ timestamp, payload, marker }: RtpPacket): void {
    if (this.#skipped !== undefined && this.#skipped !== timestamp) this.#skipped = undefined;
    if (this.#frame !== undefined && this.#frame.timestamp !== timestamp) this.#finish();
    if (payload.length > 0 && this.#skipped === undefined) {
      try {
        this.#take(timestamp, payload);
      } catch (error) {
        if (!(error instanceof RtpError)) throw error;
        this.lost();
        this.#skipped = timestamp;
      }
    }
    if (marker) this.#finish();
  }

  lost(): void {
    if (this.#frame !== undefined) this.#skipped = this.#frame.timestamp;
    this.#frame = undefined;
    this.#awaitsKeyframe = true;
    this.output.broken();
  }

  #take(timestamp: number, payload: Uint8Array): void {
    const { beginsFrame, length } = parseVp8Descriptor(payload);
    if (beginsFrame !== (this.#frame === undefined)) {
      if (beginsFrame) throw new RtpError("a frame begins twice");
      throw new RtpError("a frame has no beginning");
    }
    this.#frame ??= { timestamp, chunks: [], bytes: 0 };
    this.#frame.bytes += payload.length;
    if (this.#frame.bytes > MAX_FRAME_BYTES) throw new RtpError("frame too large");
    this.#frame.chunks.push(payload.subarray(length));
  }

  #finish(): void {
    const frame = this.#frame;
    this.#frame = undefined;
    if (frame === undefined) return;
    const data = frame.chunks.length === 1 ? (frame.chunks[0] as Uint8Array) : Buffer.concat(frame.chunks);
    const size = vp8KeyframeSize(data);
    if (size !== undefined) this.#awaitsKeyframe = false;
    if (this.#awaitsKeyframe || data.length < 3) this.output.broken();
    else this.output.frame({ timestamp: frame.timestamp, keyframe: size !== undefined, data, size });
  }
}

/** Payload descriptor (§4.2): its length, and whether a frame's first partition begins behind it. Throws `RtpError`. */
export function parseVp8Descriptor(payload: Uint8Array): {
  readonly length: number;
  readonly beginsFrame: boolean;
} {
  const first = payload[0] ?? 0;
  let length = 1;
  if ((first & 0x80) !== 0) {
    const extension = payload[length++] ?? 0;
    // A picture id of 15 bits says so in its first one.
    if ((extension & 0x80) !== 0) length += ((payload[length] ?? 0) & 0x80) !== 0 ? 2 : 1;
    if ((extension & 0x40) !== 0) length += 1;
    if ((extension & 0x30) !== 0) length += 1;
  }
  if (length >= payload.length) throw new RtpError("nothing behind the descriptor");
  return { length, beginsFrame: (first & 0x10) !== 0 && (first & 0x07) === 0 };
}

/** Size of a keyframe's picture (RFC 6386 §9.1, scaling left out); undefined for any other frame. */
export function vp8KeyframeSize(frame: Uint8Array): { width: number; height: number } | undefined {
  const at = (i: number): number => frame[i] ?? 0;
  if (frame.length < 10 || (at(0) & 1) !== 0) return undefined;
  if (at(3) !== 0x9d || at(4) !== 0x01 || at(5) !== 0x2a) return undefined;
  const width = ((at(7) << 8) | at(6)) & 0x3fff;
  const height = ((at(9) << 8) | at(8)) & 0x3fff;
  return width === 0 || height === 0 ? undefined : { width, height };
}
