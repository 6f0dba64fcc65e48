import { FlvError } from "./flv-error.ts";

/** One tag of an FLV file (Adobe FLV §E.4.1): what RTMP carries as a message of the same type. */
export interface FlvTag {
  /** 8 audio, 9 video, 18 script data. */
  readonly type: number;
  /** Milliseconds, 32 bits. */
  readonly timestamp: number;
  readonly body: Buffer;
}

const FILE_HEADER = 9;
const TAG_HEADER = 11;
const PREVIOUS_SIZE = 4;

/** FLV file in pieces of any size → tags, e.g. from `ffmpeg -f flv pipe:1`. For trusted sources: unbounded. */
export class FlvReader {
  #pending: Buffer = Buffer.alloc(0);
  #headerRead = false;

  push(data: Uint8Array): FlvTag[] {
    this.#pending = Buffer.concat([this.#pending, data]);
    const tags: FlvTag[] = [];
    let at = 0;
    if (!this.#headerRead) {
      if (this.#pending.length < FILE_HEADER + PREVIOUS_SIZE) return tags;
      if (this.#pending.toString("latin1", 0, 3) !== "FLV") throw new FlvError("not an FLV file");
      at = FILE_HEADER + PREVIOUS_SIZE;
      this.#headerRead = true;
    }
    for (;;) {
      if (at + TAG_HEADER > this.#pending.length) break;
      const size = this.#pending.readUIntBE(at + 1, 3);
      const end = at + TAG_HEADER + size;
      if (end + PREVIOUS_SIZE > this.#pending.length) break;
      const low = this.#pending.readUIntBE(at + 4, 3);
      tags.push({
        type: (this.#pending[at] ?? 0) & 0x1f,
        timestamp: ((this.#pending[at + 7] ?? 0) * 2 ** 24 + low) >>> 0,
        body: this.#pending.subarray(at + TAG_HEADER, end),
      });
      at = end + PREVIOUS_SIZE;
    }
    this.#pending = this.#pending.subarray(at);
    return tags;
  }
}
