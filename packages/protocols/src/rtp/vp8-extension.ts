import { parseRtpPacket, RtpError } from "./packet.ts";

/** X of the first octet of a VP8 payload descriptor (RFC 7741 §4.2): an octet of extensions follows. */
const EXTENDED = 0x80;

/**
 * The packet with an octet of extensions in its VP8 descriptor, which says that there are none, where the
 * sender left it out. mediasoup (3.15) reads no descriptor without it, and so sees no keyframe. What is no
 * packet, has nothing but padding, or has the octet already is given back as it is.
 */
export function withVp8Extension(packet: Uint8Array): Uint8Array {
  const payload = payloadOf(packet);
  const first = payload?.[0];
  if (payload === undefined || first === undefined || (first & EXTENDED) !== 0) return packet;
  const at = payload.byteOffset - packet.byteOffset;
  const extended = new Uint8Array(packet.length + 1);
  extended.set(packet.subarray(0, at));
  extended[at] = first | EXTENDED;
  extended.set(packet.subarray(at + 1), at + 2);
  return extended;
}

function payloadOf(packet: Uint8Array): Uint8Array | undefined {
  try {
    return parseRtpPacket(packet).payload;
  } catch (error) {
    if (error instanceof RtpError) return undefined;
    throw error;
  }
}
