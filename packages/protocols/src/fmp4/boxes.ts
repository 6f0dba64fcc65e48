/**
 * ISO base media file format boxes (ISO/IEC 14496-12 §4.2): `u32 size, u32 type, body`.
 * A `ByteWriter` writes into one buffer of a known size, so that media is copied exactly once.
 */
const TWO_32 = 0x1_0000_0000;

export class ByteWriter {
  readonly bytes: Buffer;
  #at = 0;

  /** `size`: the whole length; the buffer is not pooled, so that keeping it keeps nothing else alive. */
  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  get position(): number {
    return this.#at;
  }

  u8(value: number): this {
    this.#at = this.bytes.writeUInt8(value & 0xff, this.#at);
    return this;
  }

  u16(value: number): this {
    this.#at = this.bytes.writeUInt16BE(value & 0xffff, this.#at);
    return this;
  }

  u32(value: number): this {
    this.#at = this.bytes.writeUInt32BE(value >>> 0, this.#at);
    return this;
  }

  i32(value: number): this {
    this.#at = this.bytes.writeInt32BE(value | 0, this.#at);
    return this;
  }

  /** A non-negative integer up to 2^53. */
  u64(value: number): this {
    return this.u32(Math.floor(value / TWO_32)).u32(value % TWO_32);
  }

  zeros(count: number): this {
    this.bytes.fill(0, this.#at, this.#at + count);
    this.#at += count;
    return this;
  }

  ascii(text: string): this {
    this.#at += this.bytes.write(text, this.#at, "latin1");
    return this;
  }

  data(data: Uint8Array): this {
    this.bytes.set(data, this.#at);
    this.#at += data.byteLength;
    return this;
  }
}

/** One box of small parts, for headers that are written once a run. */
export function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.byteLength, 8);
  const writer = new ByteWriter(size).u32(size).ascii(type);
  for (const part of parts) writer.data(part);
  return writer.bytes;
}

/** A box with version and flags (§4.2 FullBox). */
export function fullBox(
  type: string,
  version: number,
  flags: number,
  ...parts: readonly Uint8Array[]
): Buffer {
  return box(type, new ByteWriter(4).u32((version << 24) | flags).bytes, ...parts);
}

/** `count` bytes filled by `write`, which must fill them all. */
export function fields(count: number, write: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter(count);
  write(writer);
  if (writer.position !== count) throw new RangeError(`wrote ${writer.position} of ${count} bytes`);
  return writer.bytes;
}
