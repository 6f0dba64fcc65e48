import { BitReader, BitstreamError, removeEmulationPrevention } from "./bit-reader.ts";
import { NalType, nalTypeOf } from "./nal.ts";
import { parseVui, type Vui } from "./vui.ts";

export interface Sps {
  /** profile_idc: 66 Baseline, 77 Main, 100 High, … */
  readonly profile: number;
  /** The constraint_set flags' byte, as it stands between profile and level. */
  readonly constraints: number;
  /** level_idc: 31 is level 3.1. */
  readonly level: number;
  readonly id: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  readonly bitDepth: number;
  readonly chromaBitDepth: number;
  /** Displayed size in luma samples, cropping applied. */
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  readonly maxRefFrames: number;
  /** Sample aspect ratio; 1:1 when not stated. */
  readonly sar: { readonly num: number; readonly den: number };
  /** From VUI timing, reduced; undefined when not stated or absurd. A claim: rates in VUI are often wrong. */
  readonly frameRate: { readonly num: number; readonly den: number } | undefined;
  /** max_num_reorder_frames when bitstream_restriction is there. */
  readonly maxReorderFrames: number | undefined;
  /** False only where the SPS rules B-frames (output order ≠ decode order) out. */
  readonly bFramesPossible: boolean;
  readonly vui: Vui | undefined;
}

/** Profiles whose SPS carries chroma format and scaling matrices (§7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/**
 * seq_parameter_set_rbsp (ISO 14496-10 §7.3.2.1) from an SPS NAL unit, header byte included, without
 * start code. Throws `BitstreamError` when it is truncated, out of range or not an SPS. A broken VUI is
 * treated as absent: encoders get it wrong, decoders live without it.
 */
export function parseSps(nal: Uint8Array): Sps {
  if (nalTypeOf(nal) !== NalType.sps) throw new BitstreamError("not an SPS");
  // An SPS has some tens of bytes; 4 KiB with every scaling list is generous.
  const bits = new BitReader(removeEmulationPrevention(nal.subarray(1, 4096)));
  const profile = bits.u(8);
  const constraints = bits.u(8);
  const level = bits.u(8);
  const id = atMost(bits.ue(), 31, "SPS id");

  let chromaFormat = 1;
  let bitDepth = 8;
  let chromaBitDepth = 8;
  let separatePlanes = false;
  if (HIGH_PROFILES.has(profile)) {
    chromaFormat = atMost(bits.ue(), 3, "chroma format");
    if (chromaFormat === 3) separatePlanes = bits.flag();
    bitDepth = 8 + atMost(bits.ue(), 6, "bit depth");
    chromaBitDepth = 8 + atMost(bits.ue(), 6, "chroma bit depth");
    bits.skip(1); // qpprime_y_zero_transform_bypass_flag
    if (bits.flag()) skipScalingMatrix(bits, chromaFormat === 3 ? 12 : 8);
  }

  atMost(bits.ue(), 12, "log2_max_frame_num");
  const pocType = atMost(bits.ue(), 2, "pic_order_cnt_type");
  if (pocType === 0) atMost(bits.ue(), 12, "log2_max_poc_lsb");
  else if (pocType === 1) {
    bits.skip(1);
    bits.se();
    bits.se();
    for (let left = atMost(bits.ue(), 255, "POC cycle"); left > 0; left--) bits.se();
  }

  const maxRefFrames = atMost(bits.ue(), 16, "max_num_ref_frames");
  bits.skip(1); // gaps_in_frame_num_value_allowed_flag
  const widthMbs = atMost(bits.ue(), 1023, "width") + 1;
  const heightUnits = atMost(bits.ue(), 1023, "height") + 1;
  const framesOnly = bits.flag();
  if (!framesOnly) bits.skip(1);
  bits.skip(1); // direct_8x8_inference_flag
  const fieldFactor = framesOnly ? 1 : 2;
  let width = widthMbs * 16;
  let height = heightUnits * 16 * fieldFactor;
  if (bits.flag()) {
    // Crop units, §7.4.2.1.1 (7-19…7-22).
    const planar = separatePlanes ? 0 : chromaFormat;
    const unitX = planar === 1 || planar === 2 ? 2 : 1;
    const unitY = (planar === 1 ? 2 : 1) * fieldFactor;
    width -= (bits.ue() + bits.ue()) * unitX;
    height -= (bits.ue() + bits.ue()) * unitY;
    if (width <= 0 || height <= 0) throw new BitstreamError("SPS crops everything away");
  }

  const vui = readVui(bits);
  const maxReorderFrames = vui?.maxReorderFrames;
  return {
    profile,
    constraints,
    level,
    id,
    chromaFormat,
    bitDepth,
    chromaBitDepth,
    width,
    height,
    interlaced: !framesOnly,
    maxRefFrames,
    sar: vui?.sar ?? { num: 1, den: 1 },
    frameRate: vui?.frameRate,
    maxReorderFrames,
    bFramesPossible: profile !== 66 && pocType !== 2 && maxReorderFrames !== 0,
    vui,
  };
}

function readVui(bits: BitReader): Vui | undefined {
  try {
    return bits.flag() ? parseVui(bits) : undefined;
  } catch (error) {
    if (error instanceof BitstreamError) return undefined;
    throw error;
  }
}

function skipScalingMatrix(bits: BitReader, lists: number): void {
  for (let i = 0; i < lists; i++) {
    if (!bits.flag()) continue;
    let last = 8;
    let next = 8;
    for (let j = 0; j < (i < 6 ? 16 : 64); j++) {
      if (next !== 0) next = (last + bits.se() + 256) & 255;
      if (next !== 0) last = next;
    }
  }
}

function atMost(value: number, bound: number, what: string): number {
  if (value > bound) throw new BitstreamError(`${what} out of range: ${value}`);
  return value;
}
