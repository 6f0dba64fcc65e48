import { BitstreamError } from "./bit-reader.ts";
import { NalType, nalTypeOf } from "./nal.ts";
import { parseSps, type Sps } from "./sps.ts";

/** AVCDecoderConfigurationRecord (ISO 14496-15 §5.3.3.1), the body of an `avcC` box. */
export interface AvcConfig {
  readonly profile: number;
  readonly constraints: number;
  readonly level: number;
  /** Bytes before each NAL unit of a frame: 1, 2 or 4. */
  readonly lengthSize: number;
  /** NAL units with header byte, without start codes; views on the record. At least one SPS and one PPS. */
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

/** Throws `BitstreamError` when the record is truncated or carries no usable parameter sets. */
export function parseAvcConfig(record: Uint8Array): AvcConfig {
  if (record.length < 7) throw new BitstreamError("avcC too short");
  if (record[0] !== 1) throw new BitstreamError(`avcC version ${record[0]}`);
  const lengthSize = ((record[4] ?? 0) & 3) + 1;
  if (lengthSize === 3) throw new BitstreamError("avcC length size 3");
  let at = 5;
  const read = (count: number, type: number): Uint8Array[] => {
    const sets: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      if (at + 2 > record.length) throw new BitstreamError("avcC truncated");
      const length = (record[at] ?? 0) * 256 + (record[at + 1] ?? 0);
      at += 2;
      if (at + length > record.length) throw new BitstreamError("avcC truncated");
      const nal = record.subarray(at, at + length);
      if (nalTypeOf(nal) === type) sets.push(nal);
      at += length;
    }
    return sets;
  };
  const sps = read((record[at++] ?? 0) & 0x1f, NalType.sps);
  if (at >= record.length) throw new BitstreamError("avcC truncated");
  const pps = read(record[at++] ?? 0, NalType.pps);
  if (sps.length === 0 || pps.length === 0) throw new BitstreamError("avcC without SPS or PPS");
  return {
    profile: record[1] ?? 0,
    constraints: record[2] ?? 0,
    level: record[3] ?? 0,
    lengthSize,
    sps,
    pps,
  };
}

/** The record with 4-byte lengths for these parameter sets. Throws `BitstreamError` on a missing or broken SPS. */
export function buildAvcConfig(sps: readonly Uint8Array[], pps: readonly Uint8Array[]): Buffer {
  const first = sps[0];
  if (first === undefined || pps.length === 0) throw new BitstreamError("avcC needs an SPS and a PPS");
  if (sps.length > 31 || pps.length > 255) throw new BitstreamError("too many parameter sets");
  const parsed = parseSps(first);
  const withLength = (nal: Uint8Array): Uint8Array[] => {
    if (nal.length > 0xffff) throw new BitstreamError("parameter set too long");
    return [Uint8Array.of(nal.length >> 8, nal.length & 255), nal];
  };
  return Buffer.concat([
    Uint8Array.of(1, parsed.profile, parsed.constraints, parsed.level, 0xff, 0xe0 | sps.length),
    ...sps.flatMap(withLength),
    Uint8Array.of(pps.length),
    ...pps.flatMap(withLength),
    ...highProfileTail(parsed),
  ]);
}

/** chroma_format and bit depths follow for High profiles. */
function highProfileTail(sps: Sps): Uint8Array[] {
  if (![100, 110, 122, 144, 244].includes(sps.profile)) return [];
  const depth = 0xf8 | (sps.bitDepth - 8);
  const chromaDepth = 0xf8 | (sps.chromaBitDepth - 8);
  return [Uint8Array.of(0xfc | sps.chromaFormat, depth, chromaDepth, 0)];
}

/** RFC 6381 §3.3: `avc1.` and profile, constraints, level in hex, e.g. `avc1.64001f`. */
export function avcCodecString(record: Uint8Array): string {
  if (record.length < 4) throw new BitstreamError("avcC too short");
  return `avc1.${Buffer.from(record.subarray(1, 4)).toString("hex")}`;
}
