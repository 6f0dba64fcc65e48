import { captureClockNal, decodeCaptureClock } from "@footlight/shared";
import { describe, expect, it } from "vitest";
import { NalType } from "./nal.ts";
import { SeiType, seiMessages } from "./sei.ts";

const nal = (...bytes: number[]) => Uint8Array.from([NalType.sei, ...bytes]);

describe("messages of an SEI unit", () => {
  it("come apart with their long types and sizes", () => {
    const long = Array.from({ length: 300 }, (_, i) => (i % 250) + 4);
    expect(seiMessages(nal(6, 1, 0x84, 0xff, 1, 0xff, 45, ...long, 0x80))).toEqual([
      { type: SeiType.recoveryPoint, payload: Uint8Array.of(0x84) },
      { type: 256, payload: Uint8Array.from(long) },
    ]);
  });

  it("hold the capture clock, whose zeros are escaped on the wire", () => {
    const clock = { captureUs: 2 ** 40, frame: 1 };
    const unit = captureClockNal(clock);
    expect(unit.length).toBeGreaterThan(3 + 29 + 1);
    const [message, ...rest] = seiMessages(unit);
    expect(rest).toEqual([]);
    expect(message?.type).toBe(SeiType.userDataUnregistered);
    expect(decodeCaptureClock(message?.payload ?? nal())).toEqual(clock);
  });

  it.each([
    ["nothing", Uint8Array.of()],
    ["a slice", Uint8Array.of(0x65, 5, 1, 0, 0x80)],
    ["no payload", nal()],
    ["trailing bits only", nal(0x80)],
    ["a type without end", nal(0xff, 0xff, 0xff)],
    ["a size without end", nal(5, 0xff, 0xff)],
    ["a size past the end", nal(5, 200, 1, 2, 3, 0x80)],
    ["too long a unit", nal(5, 1, 0, ...new Array<number>(8192).fill(1))],
  ])("are none in %s", (_, unit) => {
    expect(seiMessages(unit)).toEqual([]);
  });

  it("are not counted without end", () => {
    expect(
      seiMessages(nal(...new Array<number>(4000).fill(9).map((n, i) => (i % 2 === 0 ? n : 0)))),
    ).toHaveLength(16);
  });
});
