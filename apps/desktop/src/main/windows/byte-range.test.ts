import { describe, expect, it } from "vitest";
import { byteRange } from "./byte-range.ts";

describe("byteRange", () => {
  it.each([
    [null, undefined],
    ["bytes=0-9", { first: 0, last: 9 }],
    ["bytes=90-", { first: 90, last: 99 }],
    ["bytes=-10", { first: 90, last: 99 }],
    ["bytes=-500", { first: 0, last: 99 }],
    ["bytes=50-500", { first: 50, last: 99 }],
    ["bytes=100-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    // More than one, backwards or unknown: the whole file (RFC 9110, 14.2).
    ["bytes=0-1,5-6", undefined],
    ["bytes=9-5", undefined],
    ["lines=1-2", undefined],
    ["bytes=-", undefined],
  ])("takes %s of 100 bytes as %j", (header, range) => {
    expect(byteRange(header, 100)).toEqual(range);
  });
});
