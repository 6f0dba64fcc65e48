import { describe, expect, it } from "vitest";
import { PlayerMemory } from "./memory.ts";

const storage = () => {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
};

describe("PlayerMemory", () => {
  it("gives back volume and throughput", () => {
    const memory = new PlayerMemory(storage(), () => 1_000);
    memory.keepVolume(0.4, true);
    memory.keepThroughput(5_000_000);
    expect(memory.volume()).toEqual({ volume: 0.4, muted: true });
    expect(memory.throughputBps()).toBe(5_000_000);
  });
  it("keeps whether to save data, which is not wanted at first", () => {
    const memory = new PlayerMemory(storage());
    expect(memory.dataSaver()).toBe(false);
    memory.keepDataSaver(true);
    expect(memory.dataSaver()).toBe(true);
  });
  it("keeps which tier is wished, which is none in particular at first", () => {
    const kept = storage();
    const memory = new PlayerMemory(kept);
    expect(memory.tierWish()).toBe("auto");
    memory.keepTierWish("low");
    expect(memory.tierWish()).toBe("low");
    kept.setItem("footlight.tier", '"hyper"');
    expect(memory.tierWish()).toBe("auto");
  });
  it("forgets a throughput of yesterday", () => {
    let now = 0;
    const memory = new PlayerMemory(storage(), () => now);
    memory.keepThroughput(5_000_000);
    now = 25 * 3600_000;
    expect(memory.throughputBps()).toBeNull();
  });
  it("survives nonsense and blocked storage", () => {
    const broken = storage();
    broken.setItem("footlight.volume", '{"volume":7}');
    broken.setItem("footlight.throughput", "no json");
    const memory = new PlayerMemory(broken);
    expect(memory.volume()).toEqual({ volume: 1, muted: false });
    expect(memory.throughputBps()).toBeNull();
    const blocked = new PlayerMemory({
      getItem: () => {
        throw new Error("blocked");
      },
      setItem: () => {
        throw new Error("blocked");
      },
    });
    blocked.keepVolume(0.5, false);
    expect(blocked.volume().volume).toBe(1);
  });
});
