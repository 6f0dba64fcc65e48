import { describe, expect, it } from "vitest";
import { ServerClock } from "./server-clock.ts";

describe("ServerClock", () => {
  it("trusts the browser's clock while it agrees", () => {
    const clock = new ServerClock(() => 50_900);
    clock.note(50_000, 50_900);
    expect(clock.offsetMs).toBe(0);
  });
  it("narrows a wrong clock down with every answer", () => {
    const clock = new ServerClock(() => 0);
    // The server is 10 s ahead; its dates are cut to whole seconds.
    for (const local of [1_100, 3_450, 7_900, 12_020]) {
      clock.note(Math.floor((local + 10_000) / 1000) * 1000, local, 50);
    }
    expect(Math.abs(clock.offsetMs - 10_000)).toBeLessThan(200);
  });
  it("begins again when a clock was set", () => {
    const clock = new ServerClock(() => 0);
    clock.note(100_000, 0);
    clock.note(0, 500);
    expect(clock.offsetMs).toBe(0);
  });
  it("ignores what is no date", () => {
    const clock = new ServerClock(() => 5);
    clock.note(Number.NaN, 0);
    expect(clock.now()).toBe(5);
  });
});
