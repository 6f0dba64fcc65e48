/** An RTP packet (RFC 3550 §5.1). `payload` is a view where it was parsed. */
export interface RtpPacket {
  /** 0 … 127 */
  readonly payloadType: number;
  /** Last packet of a frame (video), first after silence (sound). */
  readonly marker: boolean;
  /** 16 bits. */
  readonly sequenceNumber: number;
  /** 32 bits, in the payload's own clock. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Uint8Array;
}

/** A packet breaks RFC 3550, or its payload the format that it claims. */
export class RtpError extends Error {
  override readonly name = "RtpError";
}

export const RTP_HEADER_LENGTH = 12;
const VERSION = 2;

/** Whole packet → values; sources and header extension are passed over. Throws `RtpError`. */
export function parseRtpPacket(packet: Uint8Array): RtpPacket {
  if (packet.length < RTP_HEADER_LENGTH) throw new RtpError("shorter than its header");
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const first = view.getUint8(0);
  if (first >> 6 !== VERSION) throw new RtpError(`version ${first >> 6}`);
  let from = RTP_HEADER_LENGTH + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (from + 4 > packet.length) throw new RtpError("truncated header extension");
    from += 4 + view.getUint16(from + 2) * 4;
  }
  const padding = (first & 0x20) !== 0 ? view.getUint8(packet.length - 1) : 0;
  const end = packet.length - padding;
  if (from > end || ((first & 0x20) !== 0 && padding === 0)) throw new RtpError("no room for its payload");
  const second = view.getUint8(1);
  return {
    payloadType: second & 0x7f,
    marker: second >> 7 === 1,
    sequenceNumber: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: packet.subarray(from, end),
  };
}

/** The packet without sources, extension and padding. Numbers are taken modulo their width. */
export function buildRtpPacket(packet: RtpPacket): Uint8Array {
  const bytes = new Uint8Array(RTP_HEADER_LENGTH + packet.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION << 6);
  view.setUint8(1, (packet.marker ? 0x80 : 0) | (packet.payloadType & 0x7f));
  // DataView takes its arguments modulo 2^n (ECMA-262 §25.3.1.1), which is what wrapping counters need.
  view.setUint16(2, packet.sequenceNumber);
  view.setUint32(4, packet.timestamp);
  view.setUint32(8, packet.ssrc);
  bytes.set(packet.payload, RTP_HEADER_LENGTH);
  return bytes;
}
