import { describe, expect, it } from "vitest";
import { buildRtpPacket, parseRtpPacket, RtpError } from "./packet.ts";

const packet = {
  payloadType: 108,
  marker: true,
  sequenceNumber: 65_535,
  timestamp: 4_294_967_290,
  ssrc: 0xdeadbeef,
  payload: Uint8Array.of(1, 2, 3),
};

describe("RTP packets", () => {
  it("come back as they went", () => {
    const bytes = buildRtpPacket(packet);
    expect(Buffer.from(bytes).toString("hex")).toBe("80ecfffffffffffadeadbeef010203");
    expect(parseRtpPacket(bytes)).toEqual(packet);
  });

  it("wrap their counters", () => {
    const wrapped = parseRtpPacket(
      buildRtpPacket({ ...packet, sequenceNumber: 65_537, timestamp: 2 ** 32 + 5 }),
    );
    expect(wrapped).toMatchObject({ sequenceNumber: 1, timestamp: 5 });
  });

  it("are read past sources, header extension and padding", () => {
    const header = Buffer.from(buildRtpPacket({ ...packet, payload: new Uint8Array() }));
    header[0] = 0x80 | 0x20 | 0x10 | 1;
    const source = Buffer.from([0, 0, 0, 9]);
    const extension = Buffer.from([0xbe, 0xde, 0, 1, 0x10, 0xff, 0, 0]);
    const whole = Buffer.concat([header, source, extension, Buffer.from([7, 8, 0, 2])]);
    expect([...parseRtpPacket(whole).payload]).toEqual([7, 8]);
  });

  it.each([
    ["too short", Buffer.alloc(11)],
    ["of another version", Buffer.concat([Buffer.from([0x40]), Buffer.alloc(20)])],
    ["with more sources than bytes", Buffer.concat([Buffer.from([0x8f]), Buffer.alloc(20)])],
    ["with an extension past its end", Buffer.concat([Buffer.from([0x90]), Buffer.alloc(13, 0xff)])],
    ["padded by more than it has", Buffer.concat([Buffer.from([0xa0]), Buffer.alloc(12, 0xff)])],
    ["padded by nothing", Buffer.concat([Buffer.from([0xa0]), Buffer.alloc(12)])],
  ])("are refused %s", (_, bytes) => {
    expect(() => parseRtpPacket(bytes)).toThrow(RtpError);
  });
});
