import { BitstreamError } from "./bit-reader.ts";

/** nal_unit_type, ISO 14496-10 table 7-1. */
export const NalType = {
  slice: 1,
  partitionA: 2,
  partitionB: 3,
  partitionC: 4,
  idr: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  aud: 9,
  endOfSequence: 10,
  endOfStream: 11,
  filler: 12,
  spsExtension: 13,
} as const;

/** nal_unit_type of an H.264 NAL unit (without start code); 0 for an empty one. */
export const nalTypeOf = (nal: Uint8Array): number => (nal[0] ?? 0) & 0x1f;

const START_CODE = Buffer.from([0, 0, 1]);
const START_CODE_4 = Buffer.from([0, 0, 0, 1]);

/** More NAL units than any encoder cuts a frame into: what has more is an attack on memory. */
const MAX_NALS = 4096;

/** The same bytes as a Buffer, without a copy. */
const asBuffer = (data: Uint8Array): Buffer =>
  Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/**
 * Annex B byte stream → its NAL units as views on `data`, without start codes and trailing zero bytes
 * (annex B.1). Bytes before the first start code are ignored; empty units are left out. Also for HEVC.
 */
export function splitAnnexB(data: Uint8Array): Uint8Array[] {
  const buffer = asBuffer(data);
  const nals: Uint8Array[] = [];
  let code = buffer.indexOf(START_CODE);
  while (code !== -1) {
    const begin = code + 3;
    code = buffer.indexOf(START_CODE, begin);
    let end = code === -1 ? buffer.length : code;
    while (end > begin && buffer[end - 1] === 0) end--;
    if (end > begin) nals.push(buffer.subarray(begin, end));
  }
  return nals;
}

/**
 * Length-prefixed access unit → NAL units as views. `lengthSize` is 1, 2 or 4 bytes (avcC's
 * lengthSizeMinusOne + 1). Zero-length units are left out; a length past the end throws `BitstreamError`.
 */
export function splitLengthPrefixed(data: Uint8Array, lengthSize = 4): Uint8Array[] {
  const nals: Uint8Array[] = [];
  for (let at = 0; at < data.length; ) {
    if (at + lengthSize > data.length) throw new BitstreamError("truncated NAL length");
    let length = 0;
    for (let i = 0; i < lengthSize; i++) length = length * 256 + (data[at + i] ?? 0);
    at += lengthSize;
    if (at + length > data.length) throw new BitstreamError("NAL unit longer than its frame");
    if (length > 0) nals.push(data.subarray(at, at + length));
    if (nals.length > MAX_NALS) throw new BitstreamError("too many NAL units");
    at += length;
  }
  return nals;
}

/** NAL units → one access unit with 4-byte lengths. */
export function toLengthPrefixed(nals: readonly Uint8Array[]): Buffer {
  let size = 0;
  for (const nal of nals) size += 4 + nal.length;
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const nal of nals) {
    out.writeUInt32BE(nal.length, at);
    out.set(nal, at + 4);
    at += 4 + nal.length;
  }
  return out;
}

/**
 * Access unit with 4-byte lengths → Annex B with 4-byte start codes. `startWith`: NAL units put in
 * front (parameter sets before a keyframe). Malformed lengths throw `BitstreamError`.
 */
export function toAnnexB(lengthPrefixed: Uint8Array, startWith: readonly Uint8Array[] = []): Buffer {
  return joinAnnexB([...startWith, ...splitLengthPrefixed(lengthPrefixed)]);
}

/** NAL units → Annex B with 4-byte start codes. */
export function joinAnnexB(nals: readonly Uint8Array[]): Buffer {
  let size = 0;
  for (const nal of nals) size += 4 + nal.length;
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const nal of nals) {
    out.set(START_CODE_4, at);
    out.set(nal, at + 4);
    at += 4 + nal.length;
  }
  return out;
}
