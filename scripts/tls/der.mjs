/** The little of DER (X.690) that a certificate needs. */

/** @param {number} tag @param {readonly Uint8Array[]} parts */
export function node(tag, ...parts) {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

/** @param {readonly Uint8Array[]} parts */
export const sequence = (...parts) => node(0x30, ...parts);
/** @param {readonly Uint8Array[]} parts */
export const set = (...parts) => node(0x31, ...parts);
/** @param {Uint8Array} body */
export const octets = (body) => node(0x04, body);
/** Whole octets. @param {Uint8Array} body @param {number} [unused] bits at the end */
export const bits = (body, unused = 0) => node(0x03, Buffer.from([unused]), body);
/** @param {string} text */
export const utf8 = (text) => node(0x0c, Buffer.from(text));
export const yes = node(0x01, Buffer.from([0xff]));
/** @param {number} number @param {readonly Uint8Array[]} parts */
export const context = (number, ...parts) => node(0xa0 | number, ...parts);
/** Context-specific and primitive. @param {number} number @param {Uint8Array} body */
export const implicit = (number, body) => node(0x80 | number, body);

/** Not negative. @param {Uint8Array} body */
export const integer = (body) =>
  node(0x02, (body[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), body);

/** Until 2049, as a certificate has it (RFC 5280 §4.1.2.5). @param {Date} date */
export const time = (date) =>
  node(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));

/** @param {string} dotted */
export function oid(dotted) {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const septets = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      septets.unshift((left & 0x7f) | 0x80);
    }
    bytes.push(...septets);
  }
  return node(0x06, Buffer.from(bytes));
}
