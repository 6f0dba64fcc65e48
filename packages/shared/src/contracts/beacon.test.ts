import { describe, expect, it } from "vitest";
import { BEACON_LIMITS, Beacon } from "./beacon.ts";

const SAMPLE = {
  intervalMs: 5_000,
  latencyMs: 840,
  bufferMs: 700,
  stallMs: 0,
  stalls: 0,
  quality: "720p",
  droppedFrames: 1,
  totalFrames: 150,
  deliveryMs: 12,
};
const BEACON = { streamId: "stream-one", viewerId: "viewer-one", tier: "low", samples: [SAMPLE, SAMPLE] };
const accepts = (patch: object, sample: object = {}) =>
  Beacon.safeParse({ ...BEACON, samples: [{ ...SAMPLE, ...sample }], ...patch }).success;

describe("Beacon", () => {
  it("takes what a player sends, also where it does not know", () => {
    expect(Beacon.parse(BEACON)).toEqual(BEACON);
    expect(accepts({}, { latencyMs: null, deliveryMs: null, quality: null })).toBe(true);
  });

  it("is small at its largest", () => {
    const most = {
      ...BEACON,
      streamId: "s".repeat(64),
      viewerId: "v".repeat(64),
      samples: Array.from({ length: BEACON_LIMITS.samples }, () => ({
        ...SAMPLE,
        intervalMs: 60_000,
        stallMs: 60_000,
        latencyMs: 120_000,
        bufferMs: 600_000,
        quality: "q".repeat(32),
        droppedFrames: 60_000,
        totalFrames: 60_000,
        deliveryMs: 60_000,
      })),
    };
    expect(Beacon.safeParse(most).success).toBe(true);
    expect(JSON.stringify(most).length).toBeLessThan(BEACON_LIMITS.bodyBytes / 2);
  });

  it.each([
    ["a negative delay", { latencyMs: -1 }],
    ["a delay of days", { latencyMs: 1e9 }],
    ["half a millisecond", { bufferMs: 0.5 }],
    ["infinity", { bufferMs: Number.POSITIVE_INFINITY }],
    ["a number as text", { latencyMs: "840" }],
    ["more standing than playing", { stallMs: 5_001 }],
    ["more frames dropped than shown", { droppedFrames: 151 }],
    ["no time at all", { intervalMs: 0 }],
    ["markup for a quality", { quality: "<b>" }],
    ["what nobody asked for", { mood: "fine" }],
  ])("refuses %s", (_what, sample) => {
    expect(accepts({}, sample)).toBe(false);
  });

  it("refuses another shape", () => {
    expect(accepts({ tier: "best" })).toBe(false);
    expect(accepts({ streamId: "../x" })).toBe(false);
    expect(accepts({ viewerId: "me" })).toBe(false);
    expect(accepts({ samples: [] })).toBe(false);
    expect(accepts({ samples: Array(7).fill(SAMPLE) })).toBe(false);
    expect(accepts({ extra: 1 })).toBe(false);
  });
});
