import { describe, expect, it } from "vitest";
import { seeded } from "../../testing/seeded.ts";
import { UnitRanges } from "./unit-ranges.ts";

const one = (counter: number) => ({ from: counter, to: counter });

describe("ranges of counters", () => {
  it("grow together, in whatever order they come", () => {
    const order = Array.from({ length: 200 }, (_, n) => (n * 73) % 200);
    const ranges = new UnitRanges();
    for (const counter of order) ranges.add(one(counter));
    expect(ranges.list).toEqual([{ from: 0, to: 199 }]);
    ranges.add({ from: 50, to: 60 });
    ranges.add({ from: 190, to: 250 });
    expect(ranges.list).toEqual([{ from: 0, to: 250 }]);
  });

  it("tell what is not in them, as a set of numbers would", () => {
    const next = seeded(7);
    const random = (below: number) => Math.floor(next() * below);
    for (let round = 0; round < 200; round += 1) {
      const ranges = new UnitRanges();
      const numbers = new Set<number>();
      for (let i = 0; i < 8; i += 1) {
        const from = random(60);
        const to = from + random(10);
        ranges.add({ from, to });
        for (let n = from; n <= to; n += 1) numbers.add(n);
      }
      const asked = { from: random(40), to: 40 + random(40) };
      const missing = ranges
        .missingIn(asked)
        .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, n) => from + n));
      const expected = Array.from({ length: asked.to - asked.from + 1 }, (_, n) => asked.from + n);
      expect(missing).toEqual(expected.filter((n) => !numbers.has(n)));
    }
  });

  it("forget the oldest where there are too many holes", () => {
    const ranges = new UnitRanges();
    for (let n = 0; n < 5_000; n += 1) ranges.add(one(n * 2));
    expect(ranges.list).toHaveLength(4_096);
    expect(ranges.list.at(-1)).toEqual(one(9_998));
  });
});
