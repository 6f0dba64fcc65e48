import { describe, expect, it } from "vitest";
import { ReorderBuffer } from "./reorder-buffer.ts";
import { Unwrapper } from "./unwrapper.ts";

function setUp() {
  const seen: (number | string)[] = [];
  const buffer = new ReorderBuffer<number>({
    item: (item) => seen.push(item),
    lost: (count) => seen.push(`lost ${count}`),
  });
  const push = (atMs: number, ...numbers: number[]): void => {
    for (const number of numbers) buffer.push(number & 0xffff, number, atMs);
  };
  return { buffer, seen, push };
}

describe("ReorderBuffer", () => {
  it("lets what is in order straight through, also past the wrap", () => {
    const { seen, push } = setUp();
    push(0, 65_534, 65_535, 65_536, 65_537);
    expect(seen).toEqual([65_534, 65_535, 65_536, 65_537]);
  });

  it("waits for what is late, and drops what comes twice", () => {
    const { buffer, seen, push } = setUp();
    push(0, 65_533, 65_535, 65_536, 65_535);
    expect(seen).toEqual([65_533]);
    push(140, 65_534, 65_534, 65_537);
    expect(seen).toEqual([65_533, 65_534, 65_535, 65_536, 65_537]);
    expect(buffer.droppedPackets).toBe(2);
  });

  it("gives up after 150 ms, by its own packets or by the time of others", () => {
    const { buffer, seen, push } = setUp();
    push(0, 1);
    push(10, 4, 5);
    push(159, 6);
    expect(seen).toEqual([1]);
    buffer.expire(160);
    expect(seen).toEqual([1, "lost 2", 4, 5, 6]);
    push(161, 2, 3);
    expect(seen).toHaveLength(5);
    push(200, 9);
    push(349, 10);
    expect(seen).toHaveLength(5);
    push(350, 11);
    expect(seen.slice(5)).toEqual(["lost 2", 9, 10, 11]);
  });

  it("gives each gap its own time", () => {
    const { buffer, seen, push } = setUp();
    push(0, 1, 3);
    push(100, 5);
    buffer.expire(150);
    expect(seen).toEqual([1, "lost 1", 3]);
    buffer.expire(250);
    expect(seen).toEqual([1, "lost 1", 3, "lost 1", 5]);
  });

  it("begins anew with a sender that counts anew", () => {
    const { seen, push } = setUp();
    push(0, 100, 101, 20_000, 20_001);
    expect(seen).toEqual([100, 101, "lost 1", 20_000, 20_001]);
    push(0, 5, 6);
    expect(seen.slice(5)).toEqual(["lost 1", 5, 6]);
  });

  it("holds a bounded number", () => {
    const { seen, push } = setUp();
    push(0, 0);
    for (let i = 2; i < 1_100; i += 1) push(0, i);
    expect(seen.slice(0, 3)).toEqual([0, "lost 1", 2]);
    expect(seen.at(-1)).toBe(1_099);
  });
});

it("counters go on past their wrap, back and forth", () => {
  const timestamps = new Unwrapper(32);
  const wrap = 2 ** 32;
  expect([wrap - 10, 5, wrap - 1, 20].map((value) => timestamps.unwrap(value))).toEqual([
    wrap - 10,
    wrap + 5,
    wrap - 1,
    wrap + 20,
  ]);
  expect(timestamps.near(wrap - 5)).toBe(wrap - 5);
  expect(timestamps.last).toBe(wrap + 20);
});
