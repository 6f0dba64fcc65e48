/**
 * When a frame was captured, carried inside the picture's own bitstream: an H.264 SEI message
 * user_data_unregistered (ISO 14496-10 §D.1.7) before the frame's first slice. Payload, big-endian:
 *
 * | bytes | what                                                       |
 * | ----- | ---------------------------------------------------------- |
 * | 16    | `CAPTURE_CLOCK_UUID`                                       |
 * | 1     | version, 1; another one is not read                        |
 * | 8     | time of capture, microseconds since 1970 UTC               |
 * | 4     | frame counter of the source, wraps; a hole is a lost frame |
 * | 4     | which life of that counter; absent or 0: it has no name    |
 *
 * What stands behind is ignored, so that the version may gain fields. The clock is the server's as
 * far as the publisher knows it (`GET /time`).
 */
export interface CaptureClock {
  /** Whole microseconds since 1970 UTC. */
  readonly captureUs: number;
  /** 0 to 2^32 − 1. */
  readonly frame: number;
  /**
   * Random, from 1 to 2^32 − 1, new whenever the counter begins anew: with it a counter names one picture of
   * a stream for good, which backfill lives on. It stays over reconnects.
   */
  readonly source?: number;
}

/** 6397061c-abf6-4769-8c4d-6f5d9acd5d1a */
export const CAPTURE_CLOCK_UUID: readonly number[] = [
  0x63, 0x97, 0x06, 0x1c, 0xab, 0xf6, 0x47, 0x69, 0x8c, 0x4d, 0x6f, 0x5d, 0x9a, 0xcd, 0x5d, 0x1a,
];

const VERSION = 1;
const TIME_AT = 17;
const FRAME_AT = 25;
const PAYLOAD_BYTES = 29;
const SOURCE_AT = 29;
const LONG_PAYLOAD_BYTES = 33;

const NAL_SEI = 6;
const USER_DATA_UNREGISTERED = 5;
/** rbsp_trailing_bits of a payload that ends on a whole byte (§7.3.2.11). */
const STOP = 0x80;

/** Payload of the SEI message. Throws `RangeError` on what its fields cannot hold. */
export function encodeCaptureClock({ captureUs, frame, source = 0 }: CaptureClock): Uint8Array {
  if (!Number.isSafeInteger(captureUs) || captureUs < 0) throw new RangeError("captureUs");
  if (!Number.isInteger(frame) || frame < 0 || frame >= 2 ** 32) throw new RangeError("frame");
  if (!Number.isInteger(source) || source < 0 || source >= 2 ** 32) throw new RangeError("source");
  const payload = new Uint8Array(source === 0 ? PAYLOAD_BYTES : LONG_PAYLOAD_BYTES);
  payload.set(CAPTURE_CLOCK_UUID);
  payload[16] = VERSION;
  const view = new DataView(payload.buffer);
  view.setBigUint64(TIME_AT, BigInt(captureUs));
  view.setUint32(FRAME_AT, frame);
  if (source !== 0) view.setUint32(SOURCE_AT, source);
  return payload;
}

/** Undefined for anything else that user_data_unregistered may hold. Never throws. */
export function decodeCaptureClock(payload: Uint8Array): CaptureClock | undefined {
  if (payload.length < PAYLOAD_BYTES || payload[16] !== VERSION) return undefined;
  if (!CAPTURE_CLOCK_UUID.every((byte, at) => payload[at] === byte)) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const captureUs = Number(view.getBigUint64(TIME_AT));
  if (!Number.isSafeInteger(captureUs)) return undefined;
  const source = payload.length < LONG_PAYLOAD_BYTES ? 0 : view.getUint32(SOURCE_AT);
  return { captureUs, frame: view.getUint32(FRAME_AT), ...(source === 0 ? {} : { source }) };
}

/** The whole NAL unit, without start code or length: goes before the frame's first slice. */
export function captureClockNal(clock: CaptureClock): Uint8Array {
  const payload = encodeCaptureClock(clock);
  const nal = [NAL_SEI];
  let zeros = 0;
  for (const byte of [USER_DATA_UNREGISTERED, payload.length, ...payload, STOP]) {
    // Emulation prevention, §7.4.1: no 00 00 0x with x below 4 inside a NAL unit.
    if (zeros >= 2 && byte <= 3) {
      nal.push(3);
      zeros = 0;
    }
    nal.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Uint8Array.from(nal);
}
