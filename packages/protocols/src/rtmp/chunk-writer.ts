import type { RtmpMessage } from "./message.ts";

const EXTENDED = 0xffffff;

/** Messages → chunks. Each message begins with a full (type 0) header: right in every state of the peer. */
export class ChunkWriter {
  #chunkSize = 128;

  /** From the next message on; the peer must have been sent Set Chunk Size before. */
  setChunkSize(bytes: number): void {
    this.#chunkSize = bytes;
  }

  /** @param chunkStreamId 2…65599 (§5.3.1.1) */
  write(chunkStreamId: number, message: RtmpMessage): Buffer {
    const { payload, timestamp } = message;
    const extended = timestamp >= EXTENDED;
    const header = Buffer.alloc(11);
    header.writeUIntBE(extended ? EXTENDED : timestamp, 0, 3);
    header.writeUIntBE(payload.length, 3, 3);
    header[6] = message.type;
    header.writeUInt32LE(message.streamId, 7);
    const extension = Buffer.alloc(extended ? 4 : 0);
    if (extended) extension.writeUInt32BE(timestamp);

    const parts: Uint8Array[] = [basicHeader(0, chunkStreamId), header, extension];
    const continuation = basicHeader(3, chunkStreamId);
    for (let at = 0; at < payload.length; at += this.#chunkSize) {
      if (at > 0) parts.push(continuation, extension);
      parts.push(payload.subarray(at, at + this.#chunkSize));
    }
    return Buffer.concat(parts);
  }
}

/** Chunk basic header in its shortest form. */
export function basicHeader(format: 0 | 1 | 2 | 3, id: number): Buffer {
  if (id < 64) return Buffer.from([(format << 6) | id]);
  if (id < 320) return Buffer.from([format << 6, id - 64]);
  return Buffer.from([(format << 6) | 1, (id - 64) & 255, (id - 64) >> 8]);
}
