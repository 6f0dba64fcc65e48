import { expect, test } from "vitest";
import { BitstreamError } from "../h264/bit-reader.ts";
import { av1CodecString, parseAv1Config } from "./av1-config.ts";

/** av1C of libaom at 320x180. */
const RECORD = Buffer.from("812000000a0d200000043cfeccdaf92021a004", "hex");

test("av1C: size, codec string", () => {
  const config = parseAv1Config(RECORD);
  expect(config).toMatchObject({ profile: 1, bitDepth: 8, tier: "M", width: 320, height: 180 });
  expect(av1CodecString(config)).toBe("av01.1.00M.08");
});

test("a bare record has no size; truncations are refused or have none", () => {
  expect(parseAv1Config(RECORD.subarray(0, 4))).toMatchObject({ width: 0, height: 0 });
  for (const length of [0, 3, 5, 6, 10]) {
    expect(() => parseAv1Config(RECORD.subarray(0, length))).toThrow(BitstreamError);
  }
  expect(() => parseAv1Config(Buffer.from("01200000", "hex"))).toThrow(BitstreamError);
});
