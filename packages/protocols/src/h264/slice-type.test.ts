import { expect, it } from "vitest";
import { isBSlice } from "./slice-type.ts";

/** first_mb_in_slice and slice_type in Exp-Golomb codes, by hand (§9.1). */
it.each([
  ["P (all of the picture)", 0x41, [0b1_00110_00], false],
  ["B", 0x01, [0b1_010_0000], true],
  ["B (all of the picture)", 0x01, [0b1_00111_00], true],
  ["B of another slice than the first", 0x01, [0b010_00111, 0], true],
  ["B that others refer to", 0x41, [0b1_010_0000], true],
  ["I of an IDR", 0x65, [0b1_0001000, 0], false],
  ["what is no slice", 0x06, [0b1_010_0000], false],
  ["a header byte alone", 0x01, [], false],
])("knows %s", (_, header, bytes, expected) => {
  expect(isBSlice(Uint8Array.from([header, ...bytes]))).toBe(expected);
});
