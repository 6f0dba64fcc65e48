import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SoundPacer } from "./sound-pacer.ts";

const clock = { monotonicMs: () => Date.now() };

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Packets of 10 ms, each `lateMs(i)` after its time; when each one left, after its own time. */
async function run(packets: number, lateMs: (i: number) => number): Promise<number[]> {
  const pacer = new SoundPacer(clock);
  const beganMs = Date.now();
  const left: number[] = [];
  for (let i = 0; i < packets; i += 1) {
    const waitMs = beganMs + i * 10 + lateMs(i) - Date.now();
    if (waitMs > 0) await vi.advanceTimersByTimeAsync(waitMs);
    pacer.push(i * 900, () => left.push(Date.now() - beganMs - i * 10));
  }
  await vi.advanceTimersByTimeAsync(1_000);
  return left;
}

const spread = (list: readonly number[]): number => Math.max(...list) - Math.min(...list);

describe("SoundPacer", () => {
  it("passes even sound at once", async () => {
    expect(await run(300, () => 5)).toEqual(Array(300).fill(5));
  });

  it("leaves little of the jitter of sound that comes along with pictures", async () => {
    // Three or four at a time, with each frame of 33 ms.
    const left = await run(900, (i) => Math.ceil((i * 10) / 33) * 33 - i * 10);
    expect(left).toHaveLength(900);
    expect(spread(left.slice(0, 3))).toBeGreaterThan(10);
    expect(spread(left.slice(400))).toBeLessThanOrEqual(14);
  });

  it("does not hold everything for the sake of one stall", async () => {
    // What came behind it was late as well: ten packets.
    const left = await run(900, (i) => (i === 500 ? 100 : 0));
    expect(left.filter((lateMs) => lateMs > 0)).toHaveLength(10);
  });

  it("holds nothing for long, however uneven it is", async () => {
    const left = await run(900, (i) => (i % 50 === 49 ? 250 : 0));
    // Half of them come behind a stall; the other half came in time.
    const inTime = left.filter((_, i) => i % 50 > 30 && i % 50 < 49);
    expect(Math.max(...inTime.slice(40))).toBeLessThanOrEqual(41);
    expect(Math.min(...inTime.slice(200))).toBeGreaterThanOrEqual(39);
  });

  it("keeps the order, and sends nothing after its end", async () => {
    const pacer = new SoundPacer(clock);
    const order: number[] = [];
    for (let i = 0; i < 20; i += 1) pacer.push(i * 900, () => order.push(i));
    await vi.advanceTimersByTimeAsync(20);
    const { length } = order;
    expect(order).toEqual(order.map((_, i) => i));
    expect(length).toBeLessThan(20);
    pacer.close();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(order).toHaveLength(length);
  });
});
