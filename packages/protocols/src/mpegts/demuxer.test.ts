import { describe, expect, it } from "vitest";
import { type PesPacket, TsDemuxer, TsError } from "./demuxer.ts";
import { TimestampUnwrapper } from "./timestamp.ts";

/** A TS packet; what the payload leaves free is padded in the adaptation field, as muxers do. */
function packet(pid: number, start: boolean, payload: Buffer): Buffer {
  const out = Buffer.alloc(188, 0xff);
  out[0] = 0x47;
  out.writeUInt16BE((start ? 0x4000 : 0) | pid, 1);
  const free = 184 - payload.length;
  out[3] = free > 0 ? 0x30 : 0x10;
  if (free > 0) out[4] = free - 1;
  if (free > 1) out[5] = 0;
  payload.copy(out, 188 - payload.length);
  return out;
}

const section = (...body: number[]) => {
  const bytes = Buffer.alloc(184, 0xff);
  Buffer.from([0, ...body, 0, 0, 0, 0]).copy(bytes);
  return bytes;
};
const PAT = packet(0, true, section(0, 0xb0, 13, 0, 1, 0xc1, 0, 0, 0, 1, 0xf0, 0x00));
const PMT = packet(
  0x1000,
  true,
  section(2, 0xb0, 18, 0, 1, 0xc1, 0, 0, 0xe1, 0x00, 0xf0, 0, 0x1b, 0xe1, 0x00, 0xf0, 0),
);

function stamp(prefix: number, time: number): number[] {
  const high = Math.floor(time / 2 ** 30) & 7;
  const low = time % 2 ** 30;
  return [
    (prefix << 4) | (high << 1) | 1,
    (low >> 22) & 0xff,
    ((low >> 14) & 0xfe) | 1,
    (low >> 7) & 0xff,
    ((low << 1) & 0xfe) | 1,
  ];
}

function pes(pts: number, size: number, declared = true): Buffer {
  const body = Buffer.alloc(size, 7);
  const head = Buffer.from([0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, ...stamp(2, pts)]);
  if (declared) head.writeUInt16BE(size + 8, 4);
  return Buffer.concat([head, body]);
}

function packets(bytes: Buffer): Buffer[] {
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 184)
    out.push(packet(0x100, at === 0, bytes.subarray(at, at + 184)));
  return out;
}

function demux(): { demuxer: TsDemuxer; got: PesPacket[] } {
  const got: PesPacket[] = [];
  const demuxer = new TsDemuxer((one) => got.push(one));
  demuxer.push(Buffer.concat([PAT, PMT]));
  return { demuxer, got };
}

describe("TsDemuxer", () => {
  it("gives a packet of known length out with its last byte, however the pipe cuts it", () => {
    const { demuxer, got } = demux();
    const bytes = Buffer.concat(packets(pes(90_000, 500)));
    demuxer.push(bytes.subarray(0, 100));
    demuxer.push(bytes.subarray(100, 400));
    expect(got).toHaveLength(0);
    demuxer.push(bytes.subarray(400));
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({ streamType: 0x1b, pts90k: 90_000, dts90k: 90_000 });
    expect(got[0]?.data).toEqual(Buffer.alloc(500, 7));
  });

  it("does not wait for the next frame where the length is open but the last packet padded", () => {
    const { demuxer, got } = demux();
    demuxer.push(Buffer.concat(packets(pes(0, 200_000, false))));
    expect(got[0]?.data.length).toBe(200_000);
  });

  it("waits where an open frame fills its last packet, and flushes at the end", () => {
    const { demuxer, got } = demux();
    const exact = 184 * 3 - 14;
    demuxer.push(Buffer.concat(packets(pes(0, exact, false))));
    expect(got).toHaveLength(0);
    demuxer.push(Buffer.concat(packets(pes(3000, exact, false))));
    expect(got).toHaveLength(1);
    demuxer.flush();
    expect(got.map(({ data }) => data.length)).toEqual([exact, exact]);
  });

  it("takes what is just before zero as negative, and goes on across 2^33", () => {
    const { demuxer, got } = demux();
    for (const pts of [2 ** 33 - 1920, 0, 1920]) demuxer.push(Buffer.concat(packets(pes(pts, 20))));
    expect(got.map(({ pts90k }) => pts90k)).toEqual([-1920, 0, 1920]);
    const clock = new TimestampUnwrapper(2 ** 33 * 3 - 50);
    expect([2 ** 33 - 40, 10, 5].map((value) => clock.unwrap(value) - 2 ** 33 * 3)).toEqual([-40, 10, 5]);
  });

  it("says so when the pipe carries something else", () => {
    expect(() => demux().demuxer.push(Buffer.alloc(376, 1))).toThrow(TsError);
  });
});
