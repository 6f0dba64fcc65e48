import { describe, expect, it } from "vitest";
import { TsError } from "./demuxer.ts";
import { opusUnits } from "./opus-units.ts";

const unit = (control: number[], size: number): Buffer =>
  Buffer.concat([Buffer.from(control), Buffer.alloc(size, 7)]);

describe("opusUnits", () => {
  it("reads lengths past 255 as sums", () => {
    expect(opusUnits(unit([0x7f, 0xe0, 0xff, 0x2d], 300)).map(({ length }) => length)).toEqual([300]);
    expect(opusUnits(unit([0x7f, 0xe0, 0xff, 0x00], 255)).map(({ length }) => length)).toEqual([255]);
  });

  it("passes over trims and extensions, and takes several units", () => {
    const first = unit([0x7f, 0xfc, 3, 0, 120, 0, 60, 2, 9, 9], 3);
    expect(opusUnits(Buffer.concat([first, unit([0x7f, 0xe0, 2], 2)]))).toEqual([
      Buffer.alloc(3, 7),
      Buffer.alloc(2, 7),
    ]);
  });

  it.each([
    ["no header", Buffer.from([0x12, 0x34, 0x01, 0])],
    ["half a header", Buffer.from([0x7f, 0xe0])],
    ["less than it says", unit([0x7f, 0xe0, 9], 3)],
  ])("refuses %s", (_, bytes) => {
    expect(() => opusUnits(bytes)).toThrow(TsError);
  });
});
