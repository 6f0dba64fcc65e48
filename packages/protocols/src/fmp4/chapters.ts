import { box, fields } from "./boxes.ts";

interface Chapter {
  readonly timeUs: number;
  readonly name: string;
}

const MAX_NAME_BYTES = 255;
const MAX_CHAPTERS = 255;
/** Of `udta` and of `free`. */
const HEADS = 16;

/**
 * User data of exactly `room` bytes with a list of chapters, as Nero began it and players and ffmpeg read it: `chpl`
 * counts in units of 100 ns. The rest is free, so that it can be written over while the file grows. Undefined where
 * they do not fit.
 */
export function movieChapters(chapters: readonly Chapter[], room: number): Buffer | undefined {
  if (chapters.length > MAX_CHAPTERS) return undefined;
  const list = chapters.length === 0 ? Buffer.alloc(0) : chpl(chapters);
  const left = room - list.byteLength - HEADS;
  return left < 0 ? undefined : box("udta", list, box("free", Buffer.alloc(left)));
}

function chpl(chapters: readonly Chapter[]): Buffer {
  const entries = chapters.map(({ timeUs, name }) => {
    const bytes = Buffer.from(name, "utf8").subarray(0, MAX_NAME_BYTES);
    const time = Math.max(0, Math.round(timeUs * 10));
    return fields(9 + bytes.byteLength, (w) => w.u64(time).u8(bytes.byteLength).data(bytes));
  });
  // Version 1, no flags, four bytes that nobody uses, how many.
  return box(
    "chpl",
    fields(9, (w) => w.u32(0x01000000).u32(0).u8(chapters.length)),
    ...entries,
  );
}
