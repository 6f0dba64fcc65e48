import { TsError } from "./demuxer.ts";

/** control_header_prefix of opus_control_header ("Encapsulation of Opus in MPEG-2 TS", opus-codec.org, §4.4): 11 bits. */
const PREFIX = 0x7fe0;
const PREFIX_MASK = 0xffe0;
const START_TRIM = 0x10;
const END_TRIM = 0x08;
const EXTENSION = 0x04;

/** Payload of an Opus PES packet → its Opus packets, as views. Throws `TsError`. */
export function opusUnits(payload: Buffer): Buffer[] {
  const units: Buffer[] = [];
  for (let at = 0; at < payload.length; ) {
    if (at + 3 > payload.length) throw new TsError("truncated Opus control header");
    const control = payload.readUInt16BE(at);
    if ((control & PREFIX_MASK) !== PREFIX) throw new TsError("no Opus control header");
    at += 2;
    let size = 0;
    let byte: number;
    do {
      byte = payload[at++] ?? 0;
      size += byte;
    } while (byte === 0xff);
    if ((control & START_TRIM) !== 0) at += 2;
    if ((control & END_TRIM) !== 0) at += 2;
    if ((control & EXTENSION) !== 0) at += 1 + (payload[at] ?? 0);
    if (at + size > payload.length) throw new TsError("truncated Opus packet");
    units.push(payload.subarray(at, at + size));
    at += size;
  }
  return units;
}
