import { describe, expect, it } from "vitest";
import { captureClockNal, decodeCaptureClock, encodeCaptureClock } from "./capture-clock.ts";

const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const NOW_US = Date.UTC(2026, 10, 21, 12, 0, 0) * 1_000 + 345_678;

describe("the capture clock's payload", () => {
  it.each([
    { captureUs: NOW_US, frame: 0 },
    { captureUs: 0, frame: 2 ** 32 - 1 },
    { captureUs: Number.MAX_SAFE_INTEGER, frame: 1 },
    { captureUs: NOW_US, frame: 5, source: 1 },
    { captureUs: NOW_US, frame: 5, source: 2 ** 32 - 1 },
  ])("comes back as it went in: %o", (clock) => {
    expect(decodeCaptureClock(encodeCaptureClock(clock))).toEqual(clock);
  });

  it("is laid out as the table says", () => {
    expect(hex(encodeCaptureClock({ captureUs: 0x01_0203_0405, frame: 0x0a0b0c0d }))).toBe(
      "6397061cabf647698c4d6f5d9acd5d1a" + "01" + "0000000102030405" + "0a0b0c0d",
    );
    // Publishers without backfill send what they always sent, and 0 is no name.
    expect(hex(encodeCaptureClock({ captureUs: 0, frame: 1, source: 0 }))).toHaveLength(58);
    expect(hex(encodeCaptureClock({ captureUs: 0, frame: 1, source: 0x11223344 }))).toMatch(
      /0000000111223344$/,
    );
  });

  it.each([
    { captureUs: -1, frame: 0 },
    { captureUs: 0.5, frame: 0 },
    { captureUs: Number.NaN, frame: 0 },
    { captureUs: 2 ** 60, frame: 0 },
    { captureUs: 0, frame: 2 ** 32 },
    { captureUs: 0, frame: -1 },
    { captureUs: 0, frame: 0, source: 2 ** 32 },
    { captureUs: 0, frame: 0, source: 0.5 },
  ])("does not take %o", (clock) => {
    expect(() => encodeCaptureClock(clock)).toThrow(RangeError);
  });

  it("is read in place, and with more behind it", () => {
    const clock = { captureUs: NOW_US, frame: 7 };
    const inside = new Uint8Array(64);
    inside.set(encodeCaptureClock(clock), 11);
    expect(decodeCaptureClock(inside.subarray(11))).toEqual(clock);
  });

  it("is not read from anything else", () => {
    const good = encodeCaptureClock({ captureUs: NOW_US, frame: 7 });
    for (let length = 0; length < good.length; length += 1)
      expect(decodeCaptureClock(good.subarray(0, length))).toBeUndefined();
    for (let at = 0; at <= 16; at += 1) {
      const other = good.slice();
      other[at] = (other[at] ?? 0) ^ 1;
      expect(decodeCaptureClock(other), `byte ${at}`).toBeUndefined();
    }
    const beyond = good.slice();
    beyond.fill(0xff, 17, 25);
    expect(decodeCaptureClock(beyond)).toBeUndefined();
  });
});

it("the NAL unit holds no start code, whatever the time", () => {
  for (const captureUs of [0, 1, 2 ** 16, 3 * 2 ** 24, 2 ** 40, NOW_US]) {
    for (const frame of [0, 1, 2, 3, 256, 65_536]) {
      const bytes = hex(captureClockNal({ captureUs, frame }));
      expect(bytes).not.toMatch(/^(..)*00000[012]/);
      expect(bytes).toMatch(/^06051d(..)+80$/);
    }
  }
});
