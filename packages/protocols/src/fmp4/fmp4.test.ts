import { describe, expect, it } from "vitest";
import { type Sample, writeChunk } from "./chunk.ts";
import { writeInitSegment } from "./init-segment.ts";
import { Fmp4Error, findBox, readBoxes, readChunks, readInitSegment } from "./reader.ts";

const sample = (of: Partial<Sample> = {}): Sample => ({
  data: Buffer.from([1, 2, 3]),
  duration: 3_000,
  compositionOffset: 0,
  sync: false,
  ...of,
});
const chunk = (samples: Sample[], of: { segmentStart?: boolean; base?: number; captureMs?: number } = {}) =>
  writeChunk({
    sequenceNumber: 5,
    baseDecodeTime: of.base ?? 0,
    samples,
    segmentStart: of.segmentStart ?? true,
    captureMs: of.captureMs,
  });

describe("init segment", () => {
  it("carries avcC, size and a 90 kHz clock, and an edit list for the reorder delay", () => {
    const config = Buffer.from("0164001fffe1", "hex");
    const init = writeInitSegment({ kind: "video", config, width: 854, height: 480, reorder90k: 6_000 });
    const read = readInitSegment(init);
    expect(read).toMatchObject({ kind: "video", timescale: 90_000, width: 854, height: 480, reorder: 6_000 });
    expect(read.config).toEqual(config);
    expect(read.brands).toEqual(expect.arrayContaining(["cmfc", "iso6"]));
  });

  it("counts sound in its own samples", () => {
    const config = Buffer.from([0x12, 0x10]);
    const init = writeInitSegment({
      kind: "audio",
      config,
      sampleRate: 44_100,
      channels: 2,
      bitrateBps: 128_000,
    });
    expect(readInitSegment(init)).toMatchObject({ kind: "audio", timescale: 44_100, config });
  });
});

describe("chunk", () => {
  it("is styp, prft, moof, mdat at a segment's start, and moof, mdat else", () => {
    const types = (bytes: Buffer): string[] => readBoxes(bytes).map((box) => box.type);
    expect(types(chunk([sample()], { captureMs: 0 }))).toEqual(["styp", "prft", "moof", "mdat"]);
    expect(types(chunk([sample()], { segmentStart: false }))).toEqual(["moof", "mdat"]);
  });

  it("gives back times past 2^32, negative offsets, flags, sizes and bytes", () => {
    const samples = [
      sample({ sync: true, data: Buffer.from("key") }),
      sample({ compositionOffset: 9_000, duration: 3_001 }),
      sample({ compositionOffset: -3_000, data: Buffer.alloc(0) }),
      sample({ compositionOffset: -6_000, sync: true }),
    ];
    const base = 2 ** 40 + 7;
    const [read] = readChunks(chunk(samples, { base, captureMs: 1_767_225_600_250 }));
    expect(read?.baseDecodeTime).toBe(base);
    expect(read?.captureMs).toBeCloseTo(1_767_225_600_250, 3);
    expect(read?.samples.map((s) => s.presentationTime - s.decodeTime)).toEqual([0, 9_000, -3_000, -6_000]);
    expect(read?.samples.map((s) => s.duration)).toEqual([3_000, 3_001, 3_000, 3_000]);
    expect(read?.samples.map((s) => s.sync)).toEqual([true, false, false, true]);
    expect(read?.samples.map((s) => s.data.toString("latin1"))).toEqual([
      "key",
      "\x01\x02\x03",
      "",
      "\x01\x02\x03",
    ]);
  });

  it("says nothing sample by sample that the defaults say", () => {
    const moofSize = (samples: Sample[]): number => findBox(readBoxes(chunk(samples)), "moof").size;
    const sound = Array.from({ length: 94 }, () => sample({ sync: true, duration: 1_024 }));
    expect(moofSize(sound)).toBe(8 + 16 + 8 + 24 + 20 + 20 + 4 * 94);
  });

  it("refuses an empty run and cut bytes", () => {
    expect(() => chunk([])).toThrow(RangeError);
    expect(() => readBoxes(chunk([sample()]).subarray(0, 40))).toThrow(Fmp4Error);
  });

  it("makes a segment of several chunks that reads as one", () => {
    const first = chunk([sample({ sync: true }), sample()]);
    const second = chunk([sample()], { segmentStart: false, base: 6_000 });
    const read = readChunks(Buffer.concat([first, second]));
    expect(read.flatMap((each) => each.samples.map((s) => s.decodeTime))).toEqual([0, 3_000, 6_000]);
    expect(read[1]?.samples[0]?.data).toEqual(Buffer.from([1, 2, 3]));
  });
});
