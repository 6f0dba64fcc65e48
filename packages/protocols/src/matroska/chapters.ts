import { element, encodeId, text, uint } from "./ebml.ts";

/** A named point of a movie, from its beginning. */
interface Chapter {
  readonly id: number;
  readonly timeUs: number;
  readonly name: string;
}

const NS_PER_US = 1_000;
/** Of Void: id, and a size of eight bytes, so that any length can be filled. */
const VOID_HEAD = 9;

/**
 * Chapters (RFC 9559 §5.1.7) in exactly `room` bytes, the rest of which is Void: what stands before the first cluster
 * is found by every reader, and can be written over while the file grows. Undefined where they do not fit.
 */
export function matroskaChapters(chapters: readonly Chapter[], room: number): Buffer | undefined {
  const written = chapters.length === 0 ? Buffer.alloc(0) : element(0x1043a770, edition(chapters));
  const left = room - written.byteLength - VOID_HEAD;
  if (left < 0) return undefined;
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(left));
  size[0] = 0x01;
  return Buffer.concat([written, encodeId(0xec), size, Buffer.alloc(left)]);
}

const edition = (chapters: readonly Chapter[]): Buffer =>
  element(
    0x45b9,
    ...chapters.map(({ id, timeUs, name }) =>
      element(
        0xb6,
        // A UID must not be nought.
        uint(0x73c4, id + 1),
        uint(0x91, Math.max(0, Math.round(timeUs * NS_PER_US))),
        element(0x80, text(0x85, name), text(0x437c, "und")),
      ),
    ),
  );
