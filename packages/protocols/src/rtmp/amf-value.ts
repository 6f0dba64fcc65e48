import { RtmpError } from "./errors.ts";

/** What AMF can say. Objects have no prototype, so a peer's `__proto__` is a name like any other. */
export type AmfValue = number | boolean | string | null | undefined | Date | AmfObject | readonly AmfValue[];
export interface AmfObject {
  readonly [name: string]: AmfValue;
}

export const isAmfObject = (value: AmfValue): value is AmfObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

const MAX_DEPTH = 16;
const MAX_VALUES = 2_000;

/**
 * Cursor on AMF bytes that counts: at most 16 levels and 2000 values a message (onMetaData of a real
 * encoder has some thirty). Reading past the end or a bound throws `RtmpError` "amf".
 */
export class AmfCursor {
  readonly #data: Buffer;
  #at = 0;
  #depth = 0;
  #values = 0;

  constructor(data: Uint8Array) {
    this.#data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }

  get left(): number {
    return this.#data.length - this.#at;
  }

  bytes(count: number): Buffer {
    if (count > this.left) throw new RtmpError("amf", "truncated AMF");
    this.#at += count;
    return this.#data.subarray(this.#at - count, this.#at);
  }

  /** The next byte, not consumed; undefined at the end. */
  peek = (): number | undefined => this.#data[this.#at];
  u8 = (): number => this.bytes(1).readUInt8();
  u16 = (): number => this.bytes(2).readUInt16BE();
  u32 = (): number => this.bytes(4).readUInt32BE();
  double = (): number => this.bytes(8).readDoubleBE();
  text = (length: number): string => this.bytes(length).toString("utf8");

  count(): void {
    if (++this.#values > MAX_VALUES) throw new RtmpError("amf", "too many AMF values");
  }

  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new RtmpError("amf", "AMF too deep");
    const value = read();
    this.#depth--;
    return value;
  }
}

export const newAmfObject = (): Record<string, AmfValue> => Object.create(null) as Record<string, AmfValue>;
