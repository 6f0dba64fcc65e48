import { expect, test } from "vitest";
import { BitstreamError } from "./bit-reader.ts";
import { NalType, nalTypeOf, splitAnnexB, splitLengthPrefixed, toAnnexB, toLengthPrefixed } from "./nal.ts";

const hex = (nals: readonly Uint8Array[]): string[] => nals.map((nal) => Buffer.from(nal).toString("hex"));

test("Annex B: 3- and 4-byte start codes, trailing zeros, empty units, leading rubbish", () => {
  const data = Buffer.from(
    "aabb00000001 0910 000001 6742 0000 000001 000001 68ee 00000001 6588 00".replaceAll(" ", ""),
    "hex",
  );
  const nals = splitAnnexB(data);
  expect(hex(nals)).toEqual(["0910", "6742", "68ee", "6588"]);
  expect(nals.map(nalTypeOf)).toEqual([NalType.aud, NalType.sps, NalType.pps, NalType.idr]);
  expect(splitAnnexB(Buffer.from("0000"))).toEqual([]);
});

test("Annex B works on a plain view with an offset", () => {
  const whole = new Uint8Array([9, 9, 0, 0, 1, 0x65, 7]);
  expect(hex(splitAnnexB(whole.subarray(2)))).toEqual(["6507"]);
});

test("length-prefixed and back; other length sizes", () => {
  const nals = [Uint8Array.of(0x65, 1), Uint8Array.of(0x41, 2, 3)];
  const unit = toLengthPrefixed(nals);
  expect(unit.toString("hex")).toBe("00000002650100000003410203");
  expect(hex(splitLengthPrefixed(unit))).toEqual(hex(nals));
  expect(hex(splitLengthPrefixed(Uint8Array.of(0, 1, 7, 0, 0, 0, 1, 8), 2))).toEqual(["07", "08"]);
  expect(toAnnexB(unit, [Uint8Array.of(0x67)]).toString("hex")).toBe("000000016700000001650100000001410203");
});

test("a length past the end is refused", () => {
  expect(() => splitLengthPrefixed(Uint8Array.of(0, 0, 0, 2, 1))).toThrow(BitstreamError);
  expect(() => splitLengthPrefixed(Uint8Array.of(255, 255, 255, 255))).toThrow(BitstreamError);
  expect(() => splitLengthPrefixed(Uint8Array.of(0, 0))).toThrow(BitstreamError);
});
