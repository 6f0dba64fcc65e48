import { expect, it } from "vitest";
import { buildRtpPacket, parseRtpPacket } from "./packet.ts";
import { parseVp8Descriptor } from "./vp8-depacketiser.ts";
import { withVp8Extension } from "./vp8-extension.ts";

const packet = (payload: readonly number[]): Uint8Array =>
  buildRtpPacket({
    ...{ payloadType: 96, marker: true, sequenceNumber: 7, timestamp: 9, ssrc: 11 },
    payload: Buffer.from(payload),
  });

it("puts the octet between a bare descriptor and its picture", () => {
  const extended = withVp8Extension(packet([0x10, 0x50, 0x42]));
  expect(extended).toEqual(packet([0x90, 0x00, 0x50, 0x42]));
  expect(parseVp8Descriptor(parseRtpPacket(extended).payload)).toEqual({ length: 2, beginsFrame: true });
  expect(withVp8Extension(packet([0x00, 0x50]))).toEqual(packet([0x80, 0x00, 0x50]));
});

it("keeps header extension and padding where they are", () => {
  const [header, payload] = [packet([]), [0x10, 0x50, 0x42]];
  const extension = [0xbe, 0xde, 0, 1, 0x10, 0xff, 0, 0];
  const before = Uint8Array.of(...header, ...extension, ...payload, 0, 2);
  before[0] = 0xb0;
  const after = Uint8Array.of(...header, ...extension, 0x90, 0, 0x50, 0x42, 0, 2);
  after[0] = 0xb0;
  expect(withVp8Extension(before)).toEqual(after);
});

it("leaves alone what has one, what has no payload, and what is no packet", () => {
  for (const same of [packet([0x90, 0x80, 5, 0x50]), packet([]), Uint8Array.of(1, 2, 3)]) {
    expect(withVp8Extension(same)).toBe(same);
  }
});
