import { BitReader, BitstreamError, removeEmulationPrevention } from "../h264/bit-reader.ts";

/** nal_unit_type, ITU-T H.265 table 7-1, the few that a server looks at. */
export const HevcNalType = {
  vps: 32,
  sps: 33,
  pps: 34,
  aud: 35,
  endOfSequence: 36,
  endOfBitstream: 37,
  filler: 38,
} as const;

export const hevcNalTypeOf = (nal: Uint8Array): number => ((nal[0] ?? 0) >> 1) & 0x3f;

/** HEVCDecoderConfigurationRecord (ISO 14496-15 §8.3.3.1). */
export interface HevcConfig {
  readonly lengthSize: number;
  /** Frames a second; undefined where the record does not say. */
  readonly averageFrameRate: number | undefined;
  readonly vps: readonly Uint8Array[];
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
  /** Displayed size in luma samples. */
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
}

/** Throws `BitstreamError` when truncated or without a usable SPS. */
export function parseHevcConfig(record: Uint8Array): HevcConfig {
  if (record.length < 23) throw new BitstreamError("hvcC too short");
  if (record[0] !== 1) throw new BitstreamError(`hvcC version ${record[0]}`);
  const byte = (at: number): number => record[at] ?? 0;
  const lengthSize = (byte(21) & 3) + 1;
  if (lengthSize === 3) throw new BitstreamError("hvcC length size 3");
  const averageFrameRate = (byte(19) * 256 + byte(20)) / 256;
  const sets = new Map<number, Uint8Array[]>();
  let at = 23;
  for (let arrays = byte(22); arrays > 0; arrays--) {
    if (at + 3 > record.length) throw new BitstreamError("hvcC truncated");
    let count = byte(at + 1) * 256 + byte(at + 2);
    at += 3;
    for (; count > 0; count--) {
      if (at + 2 > record.length) throw new BitstreamError("hvcC truncated");
      const length = byte(at) * 256 + byte(at + 1);
      at += 2;
      if (at + length > record.length) throw new BitstreamError("hvcC truncated");
      const nal = record.subarray(at, at + length);
      const type = hevcNalTypeOf(nal);
      sets.set(type, [...(sets.get(type) ?? []), nal]);
      at += length;
      if ((sets.get(type)?.length ?? 0) > 64) throw new BitstreamError("too many parameter sets");
    }
  }
  const sps = sets.get(HevcNalType.sps) ?? [];
  if (sps[0] === undefined) throw new BitstreamError("hvcC without SPS");
  return {
    lengthSize,
    averageFrameRate: averageFrameRate > 0 ? averageFrameRate : undefined,
    vps: sets.get(HevcNalType.vps) ?? [],
    sps,
    pps: sets.get(HevcNalType.pps) ?? [],
    ...parseHevcSps(sps[0]),
  };
}

/** Size and depth out of seq_parameter_set_rbsp (H.265 §7.3.2.2); `nal` with its two header bytes. */
export function parseHevcSps(nal: Uint8Array): { width: number; height: number; bitDepth: number } {
  if (hevcNalTypeOf(nal) !== HevcNalType.sps) throw new BitstreamError("not an HEVC SPS");
  const bits = new BitReader(removeEmulationPrevention(nal.subarray(2, 4096)));
  bits.skip(4); // sps_video_parameter_set_id
  const subLayers = bits.u(3);
  bits.skip(1);
  skipProfileTierLevel(bits, subLayers);
  bits.ue(); // sps_seq_parameter_set_id
  const chroma = bits.ue();
  if (chroma > 3) throw new BitstreamError("chroma format out of range");
  const separatePlanes = chroma === 3 && bits.flag();
  let width = bits.ue();
  let height = bits.ue();
  if (bits.flag()) {
    const planar = separatePlanes ? 0 : chroma;
    width -= (bits.ue() + bits.ue()) * (planar === 1 || planar === 2 ? 2 : 1);
    height -= (bits.ue() + bits.ue()) * (planar === 1 ? 2 : 1);
  }
  const bitDepth = 8 + bits.ue();
  if (width <= 0 || height <= 0 || width > 16_384 || height > 16_384 || bitDepth > 16) {
    throw new BitstreamError("HEVC size out of range");
  }
  return { width, height, bitDepth };
}

/** §7.3.3. */
function skipProfileTierLevel(bits: BitReader, subLayers: number): void {
  bits.skip(88 + 8);
  const present: { profile: boolean; level: boolean }[] = [];
  for (let i = 0; i < subLayers; i++) present.push({ profile: bits.flag(), level: bits.flag() });
  if (subLayers > 0) bits.skip((8 - subLayers) * 2);
  for (const layer of present) bits.skip((layer.profile ? 88 : 0) + (layer.level ? 8 : 0));
}

/**
 * ISO 14496-15 annex E.3, e.g. `hvc1.1.6.L93.B0`: profile space and number, compatibility flags in
 * reverse bit order, tier and level, constraint bytes without trailing zeros.
 */
export function hevcCodecString(record: Uint8Array): string {
  if (record.length < 13) throw new BitstreamError("hvcC too short");
  const byte = (at: number): number => record[at] ?? 0;
  const space = ["", "A", "B", "C"][byte(1) >> 6] ?? "";
  const tier = (byte(1) & 0x20) !== 0 ? "H" : "L";
  let compatibility = 0;
  for (let bit = 0; bit < 32; bit++) {
    if ((byte(2 + (bit >> 3)) >> (7 - (bit & 7))) & 1) compatibility += 2 ** bit;
  }
  const constraints = [...record.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    "hvc1",
    `${space}${byte(1) & 0x1f}`,
    compatibility.toString(16).toUpperCase(),
    `${tier}${byte(12)}`,
    ...constraints.map((value) => value.toString(16).toUpperCase()),
  ].join(".");
}
