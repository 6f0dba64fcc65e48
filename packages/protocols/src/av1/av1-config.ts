import { BitReader, BitstreamError } from "../h264/bit-reader.ts";

/** AV1CodecConfigurationRecord (AV1 in ISOBMFF §2.3.3) with the size of its sequence header. */
export interface Av1Config {
  readonly profile: number;
  readonly level: number;
  readonly tier: "M" | "H";
  readonly bitDepth: 8 | 10 | 12;
  /** Largest frame of the sequence; 0 where the record carries no sequence header. */
  readonly width: number;
  readonly height: number;
}

const OBU_SEQUENCE_HEADER = 1;

/** Throws `BitstreamError` when it is truncated or not an av1C. */
export function parseAv1Config(record: Uint8Array): Av1Config {
  if (record.length < 4) throw new BitstreamError("av1C too short");
  const [first = 0, second = 0, third = 0] = record;
  if (first !== 0x81) throw new BitstreamError("not an av1C of version 1");
  const highDepth = (third & 0x40) !== 0;
  const header = findSequenceHeader(record.subarray(4));
  const size = header === undefined ? { width: 0, height: 0 } : parseSequenceHeaderSize(header);
  return {
    profile: second >> 5,
    level: second & 0x1f,
    tier: (third & 0x80) !== 0 ? "H" : "M",
    bitDepth: highDepth ? ((third & 0x20) !== 0 ? 12 : 10) : 8,
    ...size,
  };
}

/** AV1 in ISOBMFF §5, e.g. `av01.0.08M.08`. */
export function av1CodecString(config: Av1Config): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `av01.${config.profile}.${two(config.level)}${config.tier}.${two(config.bitDepth)}`;
}

/** Payload of the first sequence header OBU (AV1 §5.3); undefined where there is none. */
function findSequenceHeader(obus: Uint8Array): Uint8Array | undefined {
  for (let at = 0; at < obus.length; ) {
    const header = obus[at++] ?? 0;
    if ((header & 4) !== 0) at++; // extension
    let size = obus.length - at;
    if ((header & 2) !== 0) {
      size = 0;
      for (let i = 0; ; i++) {
        const byte = obus[at++];
        if (byte === undefined || i > 4) throw new BitstreamError("truncated OBU");
        size += (byte & 0x7f) * 2 ** (7 * i);
        if ((byte & 0x80) === 0) break;
      }
    }
    if (at + size > obus.length) throw new BitstreamError("truncated OBU");
    if (((header >> 3) & 15) === OBU_SEQUENCE_HEADER) return obus.subarray(at, at + size);
    at += size;
  }
  return undefined;
}

/** sequence_header_obu (AV1 §5.5.1) up to the frame size. */
function parseSequenceHeaderSize(payload: Uint8Array): { width: number; height: number } {
  const bits = new BitReader(payload);
  bits.skip(3 + 1); // seq_profile, still_picture
  if (bits.flag()) {
    bits.skip(5); // reduced_still_picture_header: seq_level_idx
  } else {
    const decoderModelBits = bits.flag() ? skipTimingInfo(bits) : undefined;
    const initialDelay = bits.flag();
    for (let points = bits.u(5) + 1; points > 0; points--) {
      bits.skip(12); // operating_point_idc
      if (bits.u(5) > 7) bits.skip(1); // seq_tier
      if (decoderModelBits !== undefined && bits.flag()) bits.skip(2 * decoderModelBits + 1);
      if (initialDelay && bits.flag()) bits.skip(4);
    }
  }
  const widthBits = bits.u(4) + 1;
  const heightBits = bits.u(4) + 1;
  return { width: bits.u(widthBits) + 1, height: bits.u(heightBits) + 1 };
}

/** timing_info and decoder_model_info (§5.5.3–4); the length of the model's delay fields when there is one. */
function skipTimingInfo(bits: BitReader): number | undefined {
  bits.skip(64);
  if (bits.flag()) bits.ue();
  if (!bits.flag()) return undefined;
  const delayBits = bits.u(5) + 1;
  bits.skip(32 + 5 + 5);
  return delayBits;
}
