import { describe, expect, it } from "vitest";
import { nalTypeOf } from "../h264/nal.ts";
import { packetiseH264, RtpNalType } from "./h264-packetiser.ts";

const MAX = 1164;

function nal(header: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i === 0 ? header : (i * 7 + length) & 0xff));
}

/** RFC 6184 §5.6 to §5.8 the other way round, for packets that all came. */
function depacketise(payloads: readonly Uint8Array[]): Uint8Array[] {
  const nals: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  for (const payload of payloads) {
    const bytes = Buffer.from(payload);
    if (nalTypeOf(payload) === RtpNalType.stapA) {
      for (let at = 1; at < bytes.length; at += 2 + bytes.readUInt16BE(at)) {
        nals.push(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at)));
      }
    } else if (nalTypeOf(payload) === RtpNalType.fuA) {
      const [indicator = 0, header = 0] = bytes;
      if ((header & 0x80) !== 0) open = [Uint8Array.of((indicator & 0xe0) | (header & 0x1f))];
      open.push(bytes.subarray(2));
      if ((header & 0x40) !== 0) nals.push(Buffer.concat(open));
    } else nals.push(bytes);
  }
  return nals;
}

const SPS = nal(0x67, 28);
const PPS = nal(0x68, 5);

describe("packetiseH264", () => {
  it.each([
    ["a small frame", [nal(0x41, 300)]],
    ["a keyframe of many packets", [SPS, PPS, nal(0x65, 60_000)]],
    [
      "slices of all sizes",
      [SPS, PPS, ...[1, 2, 600, 600, MAX - 3, MAX - 2, MAX, MAX + 1, 5_000].map((n) => nal(0x41, n))],
    ],
    ["a NAL unit of one byte too many", [nal(0x65, MAX + 1)]],
  ])("keeps %s whole and in order, in packets that fit", (_, nals) => {
    const payloads = packetiseH264(nals, MAX);
    expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(MAX);
    expect(depacketise(payloads).map((each) => Buffer.from(each).toString("hex"))).toEqual(
      nals.map((each) => Buffer.from(each).toString("hex")),
    );
  });

  it("sends one that fits as it is, to the last byte", () => {
    expect(packetiseH264([nal(0x41, MAX)], MAX)).toEqual([nal(0x41, MAX)]);
  });

  it("puts the parameter sets into one packet, as important as the more important of them", () => {
    const [sets, first, ...rest] = packetiseH264([SPS, nal(0x28, 5), nal(0x65, 10_000)], MAX);
    expect(sets?.[0]).toBe(0x60 | RtpNalType.stapA);
    expect(sets?.length).toBe(1 + 2 + 28 + 2 + 5);
    expect(first?.[0]).toBe(0x60 | RtpNalType.fuA);
    expect(first?.[1]).toBe(0x80 | 5);
    expect(rest.map((each) => (each[1] ?? 0) >> 6)).toEqual([...Array(rest.length - 1).fill(0), 1]);
  });

  it("cuts into about equal fragments", () => {
    const sizes = packetiseH264([nal(0x41, MAX + 10)], MAX).map(({ length }) => length);
    expect(sizes).toHaveLength(2);
    expect(Math.abs((sizes[0] ?? 0) - (sizes[1] ?? 0))).toBeLessThanOrEqual(1);
  });

  it("leaves out what is empty", () => {
    expect(packetiseH264([], MAX)).toEqual([]);
    expect(packetiseH264([new Uint8Array()], MAX)).toEqual([]);
  });
});
