import { describe, expect, test } from "vitest";
import { avcCodecString, buildAvcConfig, parseAvcConfig } from "./avc-config.ts";
import { BitReader, BitstreamError, removeEmulationPrevention } from "./bit-reader.ts";
import { parseSps } from "./sps.ts";

/** avcC records written by ffmpeg 5.1 with libx264. */
const RECORDS = {
  high1080p60:
    "0164002affe1001b6764002aacd940780227e5c044000003000400000301e03c60c65801000668ebe3cb22c0fdf8f800",
  baseline360: "0142c01effe100196742c01ed900a02ff970110000030001000003003c0f162e4801000568cb83cb20",
  ntscNoB: "0164001effe100186764001eacb201405ff26022000007d20001d4c01e2c5c9001000668ebc3cb22c0fdf8f800",
  tiny23976: "01640015ffe1001867640015acb20363fc95808800001f480005dc0478b1724001000668ebc3cb22c0fdf8f800",
  interlaced:
    "01640028ffe1001a67640028acd94078044fde0220000003002000000643e2c5b2c001000668fba3cb22c0fdf8f800",
  yuv444: "01f4000dffe1001967f4000d919b28283f6022000003000200000300781e28532c01000668ebe3c44844fff8f800",
  tenBitSar: "016e000dffe10019676e000da6cd94141fb0e10000030001000003003c0f14299601000668ebe3cb22c0fdfafa00",
};
const record = (name: keyof typeof RECORDS): Buffer => Buffer.from(RECORDS[name], "hex");
const sps = (name: keyof typeof RECORDS) => parseSps(parseAvcConfig(record(name)).sps[0] as Uint8Array);

describe("parseSps", () => {
  test("1080p60 High with B-frames: cropped height, VUI rate", () => {
    expect(sps("high1080p60")).toMatchObject({
      profile: 100,
      level: 42,
      width: 1920,
      height: 1080,
      frameRate: { num: 60, den: 1 },
      maxReorderFrames: 2,
      bFramesPossible: true,
      interlaced: false,
      sar: { num: 1, den: 1 },
    });
  });

  test("Baseline can have no B-frames", () => {
    expect(sps("baseline360")).toMatchObject({
      profile: 66,
      width: 640,
      height: 360,
      bFramesPossible: false,
    });
  });

  test("-bf 0: reorder 0 rules B-frames out; 30000/1001 stays a fraction", () => {
    expect(sps("ntscNoB")).toMatchObject({
      width: 640,
      height: 362,
      frameRate: { num: 30000, den: 1001 },
      maxReorderFrames: 0,
      bFramesPossible: false,
    });
    expect(sps("tiny23976")).toMatchObject({ width: 426, height: 238, frameRate: { num: 24000, den: 1001 } });
  });

  test("interlaced, 4:4:4 and 10 bit", () => {
    expect(sps("interlaced")).toMatchObject({ width: 1920, height: 1080, interlaced: true });
    expect(sps("yuv444")).toMatchObject({ width: 320, height: 240, chromaFormat: 3 });
    expect(sps("tenBitSar")).toMatchObject({ bitDepth: 10, chromaBitDepth: 10, sar: { num: 4, den: 3 } });
  });

  test("each truncation either throws BitstreamError or loses no more than the VUI", () => {
    const whole = parseAvcConfig(record("high1080p60")).sps[0] as Uint8Array;
    for (let length = 0; length < whole.length; length++) {
      try {
        expect(parseSps(whole.subarray(0, length)).width).toBe(1920);
      } catch (error) {
        expect(error).toBeInstanceOf(BitstreamError);
      }
    }
  });
});

describe("avcC", () => {
  test.each(Object.keys(RECORDS) as (keyof typeof RECORDS)[])("%s is rebuilt byte for byte", (name) => {
    const config = parseAvcConfig(record(name));
    expect(config.lengthSize).toBe(4);
    expect(buildAvcConfig(config.sps, config.pps).toString("hex")).toBe(RECORDS[name]);
  });

  test("codec string", () => {
    expect(avcCodecString(record("high1080p60"))).toBe("avc1.64002a");
    expect(avcCodecString(record("baseline360"))).toBe("avc1.42c01e");
  });

  test("every truncation before the last PPS byte is refused", () => {
    const whole = record("baseline360");
    for (let length = 0; length < whole.length; length++) {
      expect(() => parseAvcConfig(whole.subarray(0, length))).toThrow(BitstreamError);
    }
    expect(() => parseAvcConfig(Buffer.from("0142c01effe000", "hex"))).toThrow("without SPS");
  });
});

test("bit reader: 32 bits, Exp-Golomb, end", () => {
  const bits = new BitReader(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0b1_010_011_0, 0b0100_0010, 0b1_0000000));
  expect(bits.u(32)).toBe(0xffffffff);
  expect([bits.ue(), bits.ue(), bits.ue(), bits.ue()]).toEqual([0, 1, 2, 3]);
  expect(() => new BitReader(new Uint8Array(8)).ue()).toThrow(BitstreamError);
  expect(() => bits.u(32)).toThrow(BitstreamError);
});

test("emulation prevention bytes are dropped", () => {
  expect([...removeEmulationPrevention(Uint8Array.of(0, 0, 3, 1, 0, 0, 0, 3, 3))]).toEqual([
    0, 0, 1, 0, 0, 0, 3,
  ]);
});
