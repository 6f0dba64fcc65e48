/** EBML elements (RFC 8794) as this house writes them: known sizes, except where a live stream has none. */

/** An element whose size is not known when it begins; it ends where an element of a higher level starts. */
export const UNKNOWN_SIZE = Buffer.from([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

/** A size in the fewest bytes (RFC 8794 §6); all ones is reserved for "unknown". */
export function encodeSize(size: number): Buffer {
  let length = 1;
  while (size >= 2 ** (7 * length) - 1) length += 1;
  const bytes = Buffer.alloc(length);
  let rest = size;
  for (let at = length - 1; at >= 0; at--) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[0] = (bytes[0] ?? 0) | (0x80 >> (length - 1));
  return bytes;
}

/** An element's id as it stands in the file, marker bits and all (e.g. 0x1a45dfa3). */
export function encodeId(id: number): Buffer {
  const length = id > 0xff_ffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(id, 0, length);
  return bytes;
}

export function element(id: number, ...payload: readonly Uint8Array[]): Buffer {
  const size = payload.reduce((sum, part) => sum + part.byteLength, 0);
  return Buffer.concat([encodeId(id), encodeSize(size), ...payload]);
}

export function uint(id: number, value: number): Buffer {
  let length = 1;
  while (length < 8 && value >= 2 ** (8 * length)) length += 1;
  const bytes = Buffer.alloc(length);
  let rest = value;
  for (let at = length - 1; at >= 0; at--) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return element(id, bytes);
}

export function float(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return element(id, bytes);
}

export const text = (id: number, value: string): Buffer => element(id, Buffer.from(value, "utf8"));
