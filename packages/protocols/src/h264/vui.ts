import { type BitReader, BitstreamError } from "./bit-reader.ts";

/** vui_parameters (ISO 14496-10 annex E.1.1), what a server can use of it. */
export interface Vui {
  readonly sar: { readonly num: number; readonly den: number } | undefined;
  readonly colour:
    | {
        readonly fullRange: boolean;
        /** ITU-T H.273 code points; 2 is unspecified. */
        readonly primaries: number;
        readonly transfer: number;
        readonly matrix: number;
      }
    | undefined;
  readonly frameRate: { readonly num: number; readonly den: number } | undefined;
  readonly fixedFrameRate: boolean;
  readonly maxReorderFrames: number | undefined;
  readonly maxDecFrameBuffering: number | undefined;
}

/** Table E-1, aspect_ratio_idc 1…16. */
const SAR: readonly (readonly [number, number])[] = [
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
];
const EXTENDED_SAR = 255;

/** `bits` stands behind vui_parameters_present_flag. Throws `BitstreamError` when truncated. */
export function parseVui(bits: BitReader): Vui {
  const sar = bits.flag() ? readSar(bits) : undefined;
  if (bits.flag()) bits.skip(1); // overscan
  const colour = bits.flag() ? readColour(bits) : undefined;
  if (bits.flag()) {
    bits.ue(); // chroma_sample_loc_type_top_field
    bits.ue();
  }
  let frameRate: Vui["frameRate"];
  let fixedFrameRate = false;
  if (bits.flag()) {
    const unitsInTick = bits.u(32);
    const timeScale = bits.u(32);
    fixedFrameRate = bits.flag();
    // A tick is a field's time: a frame has two (E.2.1).
    frameRate = reduceFrameRate(timeScale, unitsInTick * 2);
  }
  const nalHrd = bits.flag();
  if (nalHrd) skipHrd(bits);
  const vclHrd = bits.flag();
  if (vclHrd) skipHrd(bits);
  if (nalHrd || vclHrd) bits.skip(1); // low_delay_hrd_flag
  bits.skip(1); // pic_struct_present_flag
  let maxReorderFrames: number | undefined;
  let maxDecFrameBuffering: number | undefined;
  if (bits.flag()) {
    bits.skip(1); // motion_vectors_over_pic_boundaries_flag
    for (let i = 0; i < 4; i++) bits.ue();
    maxReorderFrames = bits.ue();
    maxDecFrameBuffering = bits.ue();
    if (maxReorderFrames > 16) throw new BitstreamError("max_num_reorder_frames out of range");
  }
  return { sar, colour, frameRate, fixedFrameRate, maxReorderFrames, maxDecFrameBuffering };
}

/** Lowest terms; undefined when zero or outside 1…300 frames a second, which no camera or game sends. */
export function reduceFrameRate(num: number, den: number): { num: number; den: number } | undefined {
  if (num <= 0 || den <= 0 || num / den < 1 || num / den > 300) return undefined;
  let [a, b] = [num, den];
  while (b > 0) [a, b] = [b, a % b];
  return { num: num / a, den: den / a };
}

function readSar(bits: BitReader): { num: number; den: number } | undefined {
  const idc = bits.u(8);
  const [num, den] = idc === EXTENDED_SAR ? [bits.u(16), bits.u(16)] : (SAR[idc - 1] ?? [0, 0]);
  return num > 0 && den > 0 ? { num, den } : undefined;
}

function readColour(bits: BitReader): NonNullable<Vui["colour"]> {
  bits.skip(3); // video_format
  const fullRange = bits.flag();
  if (!bits.flag()) return { fullRange, primaries: 2, transfer: 2, matrix: 2 };
  return { fullRange, primaries: bits.u(8), transfer: bits.u(8), matrix: bits.u(8) };
}

/** hrd_parameters, E.1.2. */
function skipHrd(bits: BitReader): void {
  const count = bits.ue();
  if (count > 31) throw new BitstreamError("cpb_cnt out of range");
  bits.skip(8);
  for (let i = 0; i <= count; i++) {
    bits.ue();
    bits.ue();
    bits.skip(1);
  }
  bits.skip(20);
}
