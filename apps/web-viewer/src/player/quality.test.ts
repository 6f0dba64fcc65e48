import { describe, expect, it } from "vitest";
import { firstRung, labelOf, qualityOf, sameRungs } from "./quality.ts";

const LADDER = [300_000, 700_000, 1_500_000, 3_000_000, 6_000_000, 8_000_000];

describe("firstRung", () => {
  it("takes the best that fits 80 % of the last known throughput", () => {
    expect(firstRung(LADDER, 10_000_000)).toBe(5);
    expect(firstRung(LADDER, 9_900_000)).toBe(4);
    expect(firstRung(LADDER, 1_000_000)).toBe(1);
  });
  it("takes the lowest when nothing fits", () => expect(firstRung(LADDER, 100_000)).toBe(0));
  it("begins in the middle for a stranger, and not above what an unknown network is trusted with", () => {
    expect(firstRung(LADDER, null)).toBe(3);
    expect(firstRung([300_000, 900_000], null)).toBe(1);
    expect(firstRung([5_000_000, 6_000_000, 8_000_000], null)).toBe(0);
  });
  it("has nothing to choose from nothing", () => expect(firstRung([], null)).toBe(-1));
});

describe("labelOf", () => {
  const rung = { name: "720p", width: 1280, height: 720, fps: 30, bitrateBps: 1 };
  it("names size, high frame rate and the source", () => {
    expect(labelOf(rung)).toBe("720p");
    expect(labelOf({ ...rung, fps: 59.94 })).toBe("720p60");
    expect(labelOf({ ...rung, name: "source", width: 1920, height: 1080, fps: 60 })).toBe("1080p60 source");
    expect(labelOf({ ...rung, width: 720, height: 1280 })).toBe("720p");
    expect(labelOf({ ...rung, name: "audio", width: 0, height: 0 })).toBe("audio");
  });
  it("marks the source", () => {
    expect(qualityOf({ ...rung, name: "source" }).source).toBe(true);
    expect(qualityOf(rung).source).toBe(false);
  });
});

describe("sameRungs", () => {
  it("does not mind the order", () => {
    expect(sameRungs(["a", "b"], ["b", "a"])).toBe(true);
    expect(sameRungs(["a"], ["a", "b"])).toBe(false);
    expect(sameRungs(["a"], ["b"])).toBe(false);
  });
});
