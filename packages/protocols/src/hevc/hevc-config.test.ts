import { expect, test } from "vitest";
import { BitstreamError } from "../h264/bit-reader.ts";
import { hevcCodecString, parseHevcConfig } from "./hevc-config.ts";

/** hvcC of libx265 at 640x362, its SEI left out. */
const RECORD = Buffer.from(
  "0101600000009000000000003ff000fcfdf8f800000f03a00001001840010c01ffff01600000030090000003000003003f959809a10001002b42010101600000030090000003000003003fa005020171f265959a4932bc05a020000003002000000303c1a2000100074401c172b46240",
  "hex",
);

test("hvcC: cropped size, sets, codec string", () => {
  const config = parseHevcConfig(RECORD);
  expect(config).toMatchObject({ lengthSize: 4, width: 640, height: 362, bitDepth: 8 });
  expect([config.vps.length, config.sps.length, config.pps.length]).toEqual([1, 1, 1]);
  expect(hevcCodecString(RECORD)).toBe("hvc1.1.6.L63.90");
});

test("every truncation is refused", () => {
  for (let length = 0; length < RECORD.length; length++) {
    expect(() => parseHevcConfig(RECORD.subarray(0, length))).toThrow(BitstreamError);
  }
});
