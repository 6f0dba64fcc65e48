import type { StreamId } from "@footlight/shared";
import { describe, expect, it } from "vitest";
import { MemoryViewerCounter } from "./memory-viewer-counter.ts";

const one = "stream-one" as StreamId;
const two = "stream-two" as StreamId;

describe("MemoryViewerCounter", () => {
  const make = (most?: number) => {
    const clock = { now: 5_000, monotonicMs: () => clock.now };
    return { clock, counter: new MemoryViewerCounter(clock, most) };
  };

  it("counts a viewer once however often it beats, in its own stream", async () => {
    const { counter } = make();
    await counter.beat(one, "a");
    await counter.beat(one, "a");
    await counter.beat(two, "a");
    expect(await counter.beat(one, "b")).toBe(2);
    expect(await counter.count(two)).toBe(1);
    expect(await counter.count("none" as StreamId)).toBe(0);
  });

  it("never loses one that beats every 10 s, and forgets one that stopped within 30 s", async () => {
    const { clock, counter } = make();
    await counter.beat(one, "gone");
    for (let beat = 0; beat < 20; beat++) {
      // Late by up to a second, as timers are.
      clock.now += 10_000 + (beat % 5) * 200;
      const count = await counter.beat(one, "steady");
      expect(count).toBe(beat < 2 ? 2 : 1);
    }
    clock.now += 31_000;
    expect(await counter.count(one)).toBe(0);
  });

  it("is bounded", async () => {
    const { counter } = make(3);
    for (let n = 0; n < 10; n++) await counter.beat(one, `viewer-${n}`);
    expect(await counter.count(one)).toBe(3);
    expect(await counter.beat(one, "viewer-0")).toBe(3);
  });

  it("reports what changed, once, down to nothing", async () => {
    const { clock, counter } = make();
    await counter.beat(one, "a");
    expect([...(await counter.changes())]).toEqual([[one, 1]]);
    expect((await counter.changes()).size).toBe(0);
    clock.now += 40_000;
    expect([...(await counter.changes())]).toEqual([[one, 0]]);
    expect((await counter.changes()).size).toBe(0);
    await counter.beat(one, "a");
    await counter.clear(one);
    expect((await counter.changes()).size).toBe(0);
  });
});
