import { FlvError } from "@footlight/protocols/flv/flv-error.ts";
import { FlvReader } from "@footlight/protocols/flv/flv-file.ts";
import { parseVideoTag } from "@footlight/protocols/flv/video-tag.ts";
import { BitstreamError } from "@footlight/protocols/h264/bit-reader.ts";
import { splitLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { SeiType, seiMessages } from "@footlight/protocols/h264/sei.ts";
import { decodeCaptureClock, type UnitRange } from "@footlight/shared";

const FLV_VIDEO = 9;
/** File header with the first back pointer; a tag's header with its back pointer (Adobe FLV §E.2, §E.4.1). */
const FILE_BYTES = 13;
const TAG_BYTES = 15;
/** avcC: lengthSizeMinusOne lies in the low bits of byte 4 (ISO 14496-15 §5.3.3.1). */
const LENGTH_SIZE_AT = 4;

/** Whether a piece of backfill is whole FLV with each picture of the range once, and no other. Never throws. */
export function holdsExactly(flv: Uint8Array, source: number, range: UnitRange): boolean {
  const counters = countersIn(flv, source);
  if (counters === undefined || counters.length !== range.to - range.from + 1) return false;
  // Where there are B-frames they do not come in the order of their counters.
  const sorted = counters.sort((a, b) => a - b);
  return sorted.every((counter, index) => counter === range.from + index);
}

/** Counters of all pictures; undefined where one has none, or of another source, or the file is broken. */
function countersIn(flv: Uint8Array, source: number): number[] | undefined {
  const counters: number[] = [];
  let lengthSize: number | undefined;
  try {
    const tags = new FlvReader().push(flv);
    const read = tags.reduce((sum, { body }) => sum + TAG_BYTES + body.length, FILE_BYTES);
    if (read !== flv.length) return undefined;
    for (const { type, body } of tags) {
      if (type !== FLV_VIDEO) continue;
      const tag = parseVideoTag(body);
      if (tag.kind === "config") lengthSize = ((tag.config[LENGTH_SIZE_AT] ?? 3) & 3) + 1;
      if (tag.kind !== "frame") continue;
      if (tag.codec !== "h264" || lengthSize === undefined) return undefined;
      const clock = splitLengthPrefixed(tag.data, lengthSize)
        .flatMap((nal) => seiMessages(nal))
        .flatMap(({ type: kind, payload }) =>
          kind === SeiType.userDataUnregistered ? (decodeCaptureClock(payload) ?? []) : [],
        )[0];
      if (clock?.source !== source) return undefined;
      counters.push(clock.frame);
    }
  } catch (error) {
    if (error instanceof FlvError || error instanceof BitstreamError) return undefined;
    throw error;
  }
  return counters;
}
