import { bad } from "./sdp-error.ts";

const LIMITS = { bytes: 64 * 1024, lines: 4_000, lineLength: 4_096 } as const;

/** Lines of hostile text that is said to be SDP, or a fragment of it. Throws `SdpError` past the bounds. */
export function sdpLines(text: string): string[] {
  if (Buffer.byteLength(text) > LIMITS.bytes) throw bad("longer than 64 KiB");
  if (text.includes("\0")) throw bad("holds a NUL");
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line !== "");
  if (lines.length > LIMITS.lines) throw bad("too many lines");
  if (lines.some((line) => line.length > LIMITS.lineLength)) throw bad("a line is too long");
  if (lines.some((line) => !/^[a-z]=/.test(line))) throw bad("a line is not SDP");
  return lines;
}
