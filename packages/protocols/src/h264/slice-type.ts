import { BitReader, BitstreamError, removeEmulationPrevention } from "./bit-reader.ts";
import { NalType, nalTypeOf } from "./nal.ts";

/** slice_type 1 and 6 (ISO 14496-10 table 7-6). */
const B_SLICE = 1;
/** first_mb_in_slice and slice_type, with emulation prevention. */
const ENOUGH_BYTES = 16;

/** Whether a NAL unit is a slice that is predicted in both directions (§7.3.3). A broken one is not. */
export function isBSlice(nal: Uint8Array): boolean {
  const type = nalTypeOf(nal);
  if (type !== NalType.slice && type !== NalType.partitionA) return false;
  try {
    const bits = new BitReader(removeEmulationPrevention(nal.subarray(1, ENOUGH_BYTES)));
    bits.ue();
    return bits.ue() % 5 === B_SLICE;
  } catch (error) {
    if (error instanceof BitstreamError) return false;
    throw error;
  }
}
