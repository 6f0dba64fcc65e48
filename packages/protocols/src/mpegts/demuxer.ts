import { readTimestamp, TimestampUnwrapper } from "./timestamp.ts";

const PACKET = 188;
const SYNC = 0x47;
/** A PES packet larger than this is not a frame that we made. */
const MAX_PES_BYTES = 32 * 1024 * 1024;

/** ISO 13818-1 table 2-34 and its amendments, as far as this house reads it. */
export const StreamType = { aacAdts: 0x0f, h264: 0x1b, hevc: 0x24 } as const;

/** The payload of one PES packet: an Annex B access unit, or one or more ADTS frames. */
export interface PesPacket {
  readonly pid: number;
  readonly streamType: number;
  /** Unwrapped. */
  readonly pts90k: number;
  readonly dts90k: number;
  /** Its own memory; nobody writes to it again. */
  readonly data: Buffer;
}

interface Elementary {
  readonly pid: number;
  readonly streamType: number;
  readonly clock: TimestampUnwrapper;
  buffer: Buffer;
  filled: number;
  /** Whole PES packet with header; 0 where the header leaves the length open. */
  expected: number;
  collecting: boolean;
}

export class TsError extends Error {
  override readonly name = "TsError";
}

/**
 * Streaming MPEG-TS demuxer for one programme from a trusted, lossless pipe (continuity is not
 * checked). A PES packet is given out as soon as its last byte is here: by its length where it has
 * one, else at the TS packet whose adaptation field is padded, because only a PES packet's last one
 * is; only where a frame of open length fills its last packet exactly must the next frame be waited for.
 */
export class TsDemuxer {
  readonly #emit: (packet: PesPacket) => void;
  readonly #start90k: number;
  readonly #streams = new Map<number, Elementary>();
  #pmtPid: number | undefined;
  #rest: Buffer = Buffer.alloc(0);

  /** `start90k`: where about time begins; the 33-bit stamps are taken as the nearest to it. */
  constructor(emit: (packet: PesPacket) => void, start90k = 0) {
    this.#emit = emit;
    this.#start90k = start90k;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.byteLength > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (; at + PACKET <= bytes.byteLength; at += PACKET) {
      if (bytes[at] !== SYNC) throw new TsError(`lost sync: 0x${bytes[at]?.toString(16)} where 0x47 belongs`);
      this.#packet(bytes, at);
    }
    // A copy: the tail is short, and must not keep a whole read alive.
    this.#rest = at < bytes.byteLength ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0);
  }

  /** End of the pipe: gives out what is complete but for its open length. */
  flush(): void {
    for (const stream of this.#streams.values()) this.#finish(stream);
  }

  #packet(bytes: Buffer, at: number): void {
    const second = bytes[at + 1] ?? 0;
    const pid = ((second & 0x1f) << 8) | (bytes[at + 2] ?? 0);
    const stream = this.#streams.get(pid);
    if (stream === undefined && pid !== 0 && pid !== this.#pmtPid) return;
    const starts = (second & 0x40) !== 0;
    const control = ((bytes[at + 3] ?? 0) >> 4) & 3;
    let from = at + 4;
    let padded = false;
    if ((control & 2) !== 0) {
      const length = bytes[from] ?? 0;
      padded = length === 0 || length > adaptationContent(bytes[from + 1] ?? 0);
      from += 1 + length;
    }
    const end = at + PACKET;
    if ((control & 1) === 0 || from >= end) return;
    if (stream === undefined) {
      if (starts) this.#section(pid, bytes.subarray(from + 1 + (bytes[from] ?? 0), end));
      return;
    }
    this.#payload(stream, bytes, from, end, starts, padded);
  }

  #payload(s: Elementary, bytes: Buffer, from: number, end: number, starts: boolean, padded: boolean): void {
    if (starts) {
      this.#finish(s);
      const length = bytes.readUInt16BE(from + 4);
      s.expected = length === 0 ? 0 : length + 6;
      // Slack-free where the length is known; otherwise a guess that grows by doubling.
      s.buffer = Buffer.allocUnsafeSlow(s.expected > 0 ? s.expected : 128 * 1024);
      s.filled = 0;
      s.collecting = true;
    }
    if (!s.collecting) return;
    const size = end - from;
    if (s.filled + size > s.buffer.byteLength) {
      if (s.expected > 0 || s.filled + size > MAX_PES_BYTES) {
        throw new TsError(`PES packet of ${s.filled + size} bytes where ${s.expected} were declared`);
      }
      const larger = Buffer.allocUnsafeSlow(s.buffer.byteLength * 2);
      s.buffer.copy(larger, 0, 0, s.filled);
      s.buffer = larger;
    }
    bytes.copy(s.buffer, s.filled, from, end);
    s.filled += size;
    if (s.expected > 0 ? s.filled >= s.expected : padded) this.#finish(s);
  }

  #finish(s: Elementary): void {
    if (!s.collecting) return;
    s.collecting = false;
    const pes = s.buffer.subarray(0, s.filled);
    s.buffer = Buffer.alloc(0);
    if (pes.byteLength < 9 || pes.readUIntBE(0, 3) !== 1) return;
    const flags = (pes[7] ?? 0) >> 6;
    const body = 9 + (pes[8] ?? 0);
    if ((flags & 2) === 0 || body > pes.byteLength) return;
    // Decoding order is what moves on steadily, so the clock follows it and pts is placed beside.
    const pts = readTimestamp(pes, 9);
    const dts = flags === 3 ? readTimestamp(pes, 14) : pts;
    const dts90k = s.clock.unwrap(dts);
    const offset = (pts - dts + 2 ** 33) % 2 ** 33;
    const pts90k = dts90k + (offset > 2 ** 32 ? offset - 2 ** 33 : offset);
    this.#emit({ pid: s.pid, streamType: s.streamType, pts90k, dts90k, data: pes.subarray(body) });
  }

  /** PAT (§2.4.4.3) and PMT (§2.4.4.8), each in one packet. */
  #section(pid: number, table: Buffer): void {
    if (table.byteLength < 12) return;
    const end = Math.min(table.byteLength, 3 + (table.readUInt16BE(1) & 0x0fff)) - 4;
    if (pid === 0) {
      for (let at = 8; at + 4 <= end; at += 4) {
        if (table.readUInt16BE(at) !== 0) this.#pmtPid = table.readUInt16BE(at + 2) & 0x1fff;
      }
      return;
    }
    for (let at = 12 + (table.readUInt16BE(10) & 0x0fff); at + 5 <= end; ) {
      const streamType = table[at] ?? 0;
      const streamPid = table.readUInt16BE(at + 1) & 0x1fff;
      if (!this.#streams.has(streamPid)) this.#streams.set(streamPid, this.#open(streamPid, streamType));
      at += 5 + (table.readUInt16BE(at + 3) & 0x0fff);
    }
  }

  #open(pid: number, streamType: number): Elementary {
    return {
      pid,
      streamType,
      clock: new TimestampUnwrapper(this.#start90k),
      buffer: Buffer.alloc(0),
      filled: 0,
      expected: 0,
      collecting: false,
    };
  }
}

/** Bytes that an adaptation field's flags call for (§2.4.3.5), flags included; more than that is padding. */
function adaptationContent(flags: number): number {
  return 1 + ((flags & 0x10) !== 0 ? 6 : 0) + ((flags & 0x08) !== 0 ? 6 : 0) + ((flags & 0x04) !== 0 ? 1 : 0);
}
