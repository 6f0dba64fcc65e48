import { parseRtpPacket, type RtpPacket } from "@footlight/protocols/rtp/packet.ts";
import { describe, expect, it } from "vitest";
import { PictureRtp, SoundRtp } from "./rtp-line.ts";

const TERMS = { payloadType: 108, ssrc: 77 };

function collect() {
  const packets: RtpPacket[] = [];
  const sizes: number[] = [];
  const send = (_kind: string, bytes: Uint8Array): void => {
    packets.push(parseRtpPacket(bytes));
    sizes.push(bytes.length);
  };
  return { packets, sizes, send };
}

const nal = (size: number): Uint8Array => new Uint8Array(size).fill(0x41, 0, 1);

describe("PictureRtp", () => {
  it("marks the last packet of each frame, and leaves the SFU room for its own", () => {
    const { packets, sizes, send } = collect();
    const line = new PictureRtp(TERMS, send);
    line.frame(0, [nal(30_000)]);
    line.frame(3_000, [nal(500)]);
    expect(packets.map(({ sequenceNumber }) => sequenceNumber)).toEqual(packets.map((_, i) => i));
    expect(packets.filter(({ marker }) => marker).map(({ timestamp }) => timestamp)).toEqual([0, 3_000]);
    expect(packets.at(-2)?.marker).toBe(true);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_164);
    expect(packets.every(({ ssrc, payloadType }) => ssrc === 77 && payloadType === 108)).toBe(true);
  });

  it("never goes back in time", () => {
    const { packets, send } = collect();
    const line = new PictureRtp(TERMS, send);
    for (const pts90k of [6_000, 3_000, 6_000, 9_000]) line.frame(pts90k, [nal(10)]);
    expect(packets.map(({ timestamp }) => timestamp)).toEqual([6_000, 9_000]);
  });

  it("goes on across 2^32 and 2^16", () => {
    const { packets, send } = collect();
    const line = new PictureRtp(TERMS, send);
    for (let i = 0; i < 65_540; i += 1) line.frame(2 ** 32 - 3_000 + i * 3_000, [nal(1)]);
    expect(packets[1]?.timestamp).toBe(0);
    expect(packets[65_536]?.sequenceNumber).toBe(0);
  });
});

describe("SoundRtp", () => {
  const opus = Uint8Array.of(0xfc, 1, 2);

  it("counts samples, whatever times are rounded to", () => {
    const { packets, send } = collect();
    const line = new SoundRtp(TERMS, send);
    for (let i = 0; i < 500; i += 1) line.packet(i * 1_800 + (i % 3), 960, opus);
    expect(packets.every(({ timestamp }, i) => timestamp === i * 960)).toBe(true);
    expect(packets.filter(({ marker }) => marker)).toHaveLength(1);
  });

  it("says a gap, and that sound begins again behind it", () => {
    const { packets, send } = collect();
    const line = new SoundRtp(TERMS, send);
    for (const pts90k of [0, 1_800, 93_600, 95_400]) line.packet(pts90k, 960, opus);
    expect(packets.map(({ timestamp }) => timestamp)).toEqual([0, 960, 49_920, 50_880]);
    expect(packets.map(({ marker }) => marker)).toEqual([true, false, true, false]);
    expect(packets.map(({ sequenceNumber }) => sequenceNumber)).toEqual([0, 1, 2, 3]);
  });

  it("leaves out what was said already", () => {
    const { packets, send } = collect();
    const line = new SoundRtp(TERMS, send);
    for (const pts90k of [90_000, 91_800, 45_000, 93_600]) line.packet(pts90k, 960, opus);
    expect(packets.map(({ timestamp }) => timestamp)).toEqual([48_000, 48_960, 49_920]);
  });
});
