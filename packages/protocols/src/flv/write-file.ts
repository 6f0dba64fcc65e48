import type { FlvTag } from "./flv-file.ts";

const TAG_HEADER = 11;
/** Version 1, with sound and picture, a header of nine bytes; then the first back pointer (Adobe FLV §E.2, §E.3). */
const FILE_HEADER = Buffer.from([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]);

/** Tags → an FLV file. Times are modulo 2^32. */
export function writeFlvFile(tags: readonly FlvTag[]): Buffer {
  const parts: Uint8Array[] = [FILE_HEADER];
  for (const { type, timestamp, body } of tags) {
    const header = Buffer.alloc(TAG_HEADER);
    header[0] = type;
    header.writeUIntBE(body.length, 1, 3);
    header.writeUIntBE(timestamp & 0xff_ffff, 4, 3);
    header[7] = (timestamp >>> 24) & 0xff;
    const back = Buffer.alloc(4);
    back.writeUInt32BE(TAG_HEADER + body.length);
    parts.push(header, body, back);
  }
  return Buffer.concat(parts);
}
