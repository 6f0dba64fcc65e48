import { describe, expect, it } from "vitest";
import { Throughput } from "./throughput.ts";

/** Parts of a rung every 200 ms from `fromMs` on, over a line of so many bits a second. */
const parts = (throughput: Throughput, count: number, bytes: number, lineBps: number, fromMs = 0) => {
  for (let index = 0; index < count; index++) {
    const firstMs = fromMs + index * 200;
    throughput.note({ firstMs, endMs: firstMs + (bytes * 8_000) / lineBps, bytes });
  }
};

describe("Throughput", () => {
  it("is what was known until something is measured", () => {
    expect(new Throughput(null).bps).toBeNull();
    const throughput = new Throughput(3_000_000);
    expect(throughput.bps).toBe(3_000_000);
    expect(throughput.measured).toBe(false);
  });

  it("is the line's, though the line is idle most of the time", () => {
    const throughput = new Throughput(null);
    parts(throughput, 20, 25_000, 5_000_000);
    expect(throughput.bps).toBeCloseTo(5_000_000, -2);
    expect(throughput.measured).toBe(true);
  });

  it("does not take a few packets that came at once for a fast line", () => {
    const throughput = new Throughput(null);
    parts(throughput, 20, 8_000, 900_000_000);
    expect(throughput.bps).toBe(6_400_000);
  });

  it("counts sound and picture that share the line together", () => {
    const throughput = new Throughput(null);
    for (let index = 0; index < 10; index++) {
      const firstMs = index * 200;
      // 13,000 bytes in 130 ms, whoever ends first.
      throughput.note({ firstMs: firstMs + 10, endMs: firstMs + 60, bytes: 3_000 });
      throughput.note({ firstMs, endMs: firstMs + 130, bytes: 10_000 });
    }
    expect(throughput.bps).toBeCloseTo(800_000, -2);
  });

  it("falls with the first slow parts and rises only when the slow ones are long past", () => {
    const throughput = new Throughput(null);
    parts(throughput, 50, 25_000, 5_000_000);
    parts(throughput, 12, 10_000, 800_000, 10_000);
    expect(throughput.bps).toBeCloseTo(800_000, -4);
    parts(throughput, 10, 10_000, 5_000_000, 12_400);
    expect(throughput.bps).toBeLessThan(3_000_000);
    parts(throughput, 40, 10_000, 5_000_000, 14_400);
    expect(throughput.bps).toBeCloseTo(5_000_000, -2);
  });

  it("knows whole segments too, though few come within its time", () => {
    const throughput = new Throughput(null);
    for (let index = 0; index < 5; index++) {
      throughput.note({ firstMs: index * 6_000, endMs: index * 6_000 + 2_000, bytes: 500_000 });
    }
    expect(throughput.bps).toBeCloseTo(2_000_000, -2);
  });

  it("ignores crumbs, except slow ones", () => {
    const throughput = new Throughput(null);
    throughput.note({ firstMs: 0, endMs: 1, bytes: 200 });
    expect(throughput.bps).toBeNull();
    throughput.note({ firstMs: 1_000, endMs: 1_400, bytes: 2_000 });
    expect(throughput.bps).toBe(40_000);
  });
});
