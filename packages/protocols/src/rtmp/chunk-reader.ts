import { ChunkStream } from "./chunk-stream.ts";
import { RtmpError } from "./errors.ts";
import { type ChunkLimits, DEFAULT_CHUNK_LIMITS, maxMessageBytes } from "./limits.ts";
import { MessageType, type RtmpMessage } from "./message.ts";

const DEFAULT_CHUNK_SIZE = 128;
const EXTENDED = 0xffffff;
/** Message header length of types 0…3 (§5.3.1.2). */
const HEADER_LENGTH = [11, 7, 3, 0] as const;
/** Basic header 3, message header 11, extended timestamp 4. */
const MAX_HEADER = 18;

/** Where the reader stands: within a header, or with so many bytes of a chunk's payload to come. */
type State = { readonly kind: "header" } | Payload;
interface Payload {
  readonly kind: "payload";
  readonly stream: ChunkStream;
  left: number;
}

/**
 * Chunk stream → messages (RTMP 1.0 §5.3). Takes bytes in pieces of any size. Set Chunk Size and Abort
 * are obeyed here and also handed on. Any violation of the protocol or of a bound throws `RtmpError`,
 * after which the reader must not be used.
 */
export class ChunkReader {
  readonly #limits: ChunkLimits;
  readonly #streams = new Map<number, ChunkStream>();
  readonly #header = Buffer.alloc(MAX_HEADER);
  #headerBytes = 0;
  #state: State = { kind: "header" };
  #chunkSize = DEFAULT_CHUNK_SIZE;

  constructor(limits: ChunkLimits = DEFAULT_CHUNK_LIMITS) {
    this.#limits = limits;
  }

  /** Bytes held for unfinished messages. */
  get bufferedBytes(): number {
    let sum = 0;
    for (const stream of this.#streams.values()) sum += stream.allocated;
    return sum;
  }

  /** Lazy: a consumer that stops iterating stops the parsing. Payloads are the consumer's own. */
  *push(data: Uint8Array): Generator<RtmpMessage, void, undefined> {
    let at = 0;
    while (at < data.length) {
      if (this.#state.kind === "header") {
        this.#header[this.#headerBytes++] = data[at++] ?? 0;
        if (this.#headerBytes < this.#headerLength()) continue;
        const { payload, pushedBack } = this.#finishHeader();
        this.#state = payload;
        if (pushedBack !== undefined) yield* this.push(pushedBack);
        else if (payload.left === 0) yield* this.#finishChunk(payload.stream);
      } else {
        const { stream, left } = this.#state;
        const piece = data.subarray(at, at + left);
        stream.append(piece, this.#limits.maxBufferedBytes - this.bufferedBytes);
        at += piece.length;
        this.#state.left -= piece.length;
        if (this.#state.left === 0) yield* this.#finishChunk(stream);
      }
    }
  }

  /** How long the header is, as far as its bytes so far tell. */
  #headerLength(): number {
    const header = this.#header;
    const first = header[0] ?? 0;
    const basic = basicLength(first);
    const fixed = basic + (HEADER_LENGTH[first >> 6] ?? 0);
    if (this.#headerBytes < fixed) return fixed;
    if (first >> 6 === 3) {
      return this.#streams.get(chunkStreamId(header))?.extended === undefined ? fixed : fixed + 4;
    }
    return header.readUIntBE(basic, 3) === EXTENDED ? fixed + 4 : fixed;
  }

  /** Reads the collected header. `pushedBack`: bytes of it that turned out to be payload. */
  #finishHeader(): { readonly payload: Payload; readonly pushedBack?: Uint8Array } {
    const header = this.#header;
    const format = (header[0] ?? 0) >> 6;
    const id = chunkStreamId(header);
    const basic = basicLength(header[0] ?? 0);
    const fixed = basic + (HEADER_LENGTH[format] ?? 0);
    const extended = this.#headerBytes > fixed ? header.readUInt32BE(fixed) : undefined;
    this.#headerBytes = 0;

    const known = this.#streams.get(id);
    // A fresh stream that begins with type 1 is wrong, but old librtmp pings like that: its stream id is 0.
    if (known === undefined && format > 1)
      throw new RtmpError("chunk_format", "chunk without a header before it");
    const stream = known ?? this.#addStream(id);
    if (format === 3 && stream.open) {
      // Some senders leave the extended timestamp out of continuation chunks, against §5.3.1.3.
      const repeats = extended === undefined || extended === stream.extended || extended === stream.timestamp;
      const payload = this.#payloadOf(stream);
      return repeats ? { payload } : { payload, pushedBack: Buffer.from(header.subarray(fixed, fixed + 4)) };
    }
    if (stream.open) throw new RtmpError("chunk_format", "new header within a message");

    if (format < 3) {
      stream.delta = extended ?? header.readUIntBE(basic, 3);
      stream.extended = extended;
    }
    if (format < 2) {
      stream.length = header.readUIntBE(basic + 3, 3);
      stream.type = header[basic + 6] ?? 0;
    }
    if (format === 0) stream.messageStreamId = header.readUInt32LE(basic + 7);
    stream.timestamp = format === 0 ? stream.delta : (stream.timestamp + stream.delta) >>> 0;
    if (stream.length > maxMessageBytes(this.#limits, stream.type)) {
      throw new RtmpError("message_size", `message type ${stream.type} of ${stream.length} bytes`);
    }
    stream.open = true;
    return { payload: this.#payloadOf(stream) };
  }

  #payloadOf(stream: ChunkStream): Payload {
    return { kind: "payload", stream, left: Math.min(this.#chunkSize, stream.length - stream.received) };
  }

  #addStream(id: number): ChunkStream {
    if (this.#streams.size >= this.#limits.maxChunkStreams) {
      throw new RtmpError("chunk_streams", "too many chunk streams");
    }
    const stream = new ChunkStream();
    this.#streams.set(id, stream);
    return stream;
  }

  *#finishChunk(stream: ChunkStream): Generator<RtmpMessage, void, undefined> {
    this.#state = { kind: "header" };
    if (stream.received < stream.length) return;
    const message: RtmpMessage = {
      type: stream.type,
      timestamp: stream.timestamp,
      streamId: stream.messageStreamId,
      payload: stream.take(),
    };
    this.#obey(message);
    yield message;
  }

  #obey({ type, payload }: RtmpMessage): void {
    if (type !== MessageType.setChunkSize && type !== MessageType.abort) return;
    if (payload.length < 4) throw new RtmpError("message", "control message too short");
    const value = payload.readUInt32BE(0);
    if (type === MessageType.abort) {
      this.#streams.get(value)?.drop();
    } else {
      // §5.4.1: the first bit is zero.
      if (value < this.#limits.minChunkSize || value > 0x7fffffff) {
        throw new RtmpError("chunk_size", `chunk size ${value}`);
      }
      this.#chunkSize = Math.min(value, this.#limits.maxChunkSize);
    }
  }
}

function basicLength(first: number): number {
  const form = first & 0x3f;
  return form === 0 ? 2 : form === 1 ? 3 : 1;
}

/** §5.3.1.1: the third byte of the long form is the high one. */
function chunkStreamId(header: Buffer): number {
  const form = (header[0] ?? 0) & 0x3f;
  if (form === 0) return 64 + (header[1] ?? 0);
  if (form === 1) return 64 + (header[1] ?? 0) + (header[2] ?? 0) * 256;
  return form;
}
