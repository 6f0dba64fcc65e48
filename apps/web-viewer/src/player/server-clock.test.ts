import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ServerClock } from "./server-clock.ts";

/** A server `aheadMs` ahead, and a way to it of its own length in each direction. */
const setUp = (trips: readonly (readonly [thereMs: number, backMs: number])[], aheadMs = 10_000) => {
  const world = { local: 1_000_000, aheadMs, asked: 0, trips: [...trips] };
  const clock = new ServerClock({
    localMs: () => world.local,
    ask: async () => {
      const trip = world.trips[world.asked];
      world.asked += 1;
      if (!trip) throw new TypeError("offline");
      world.local += trip[0];
      const server = world.local + world.aheadMs;
      world.local += trip[1];
      return server;
    },
  });
  return { world, clock };
};

describe("ServerClock", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is the browser's own before it is set, and where the server does not answer", async () => {
    const { clock, world } = setUp([]);
    expect(clock.now()).toBe(world.local);
    await clock.sync();
    expect(clock.now()).toBe(world.local);
    expect(clock.errorMs).toBeNull();
  });

  it("believes the shortest of several round trips", async () => {
    const { clock, world } = setUp([
      [300, 20],
      [20, 380],
      [9, 5],
      [10, 90],
      [150, 20],
    ]);
    await clock.sync();
    expect(world.asked).toBe(5);
    // Wrong by half of the difference of the two ways, and it knows by how much at most.
    expect(clock.offsetMs).toBe(10_002);
    expect(clock.now()).toBe(world.local + 10_002);
    expect(clock.errorMs).toBeGreaterThanOrEqual(7);
    expect(clock.errorMs).toBeLessThan(8);
  });

  it("keeps a short one over later long ones, until drift has made it worse", async () => {
    const short: [number, number] = [2, 2];
    const long: [number, number] = [60, 20];
    const { clock, world } = setUp([short, ...Array<[number, number]>(14).fill(long)]);
    await clock.sync();
    world.local += 120_000;
    await clock.sync();
    expect(clock.offsetMs).toBe(10_000);
    world.local += 600_000;
    await clock.sync();
    expect(clock.offsetMs).toBe(10_020);
  });

  it("begins again when a clock was set", async () => {
    const { clock, world } = setUp(Array<[number, number]>(10).fill([5, 5]));
    await clock.sync();
    world.aheadMs = -3_000;
    await clock.sync();
    expect(clock.offsetMs).toBe(-3_000);
  });

  it("ignores an answer that is no time", async () => {
    const clock = new ServerClock({ localMs: () => 5, ask: async () => Date.parse("<!doctype html>") });
    await clock.sync();
    expect(clock.now()).toBe(5);
  });

  it("is set at its start and every two minutes, until it is closed", async () => {
    const { clock, world } = setUp(Array<[number, number]>(99).fill([1, 1]));
    clock.start();
    clock.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(world.asked).toBe(5);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(world.asked).toBe(10);
    clock.close();
    clock.close();
    clock.start();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(world.asked).toBe(10);
  });
});
