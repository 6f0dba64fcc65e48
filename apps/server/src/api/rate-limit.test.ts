import { describe, expect, it } from "vitest";
import { RateLimit } from "./rate-limit.ts";

describe("RateLimit", () => {
  it("takes a minute's worth at once, then as fast as it refills, each name by itself", () => {
    const clock = { now: 0, monotonicMs: () => clock.now };
    const limit = new RateLimit(60, clock);
    for (let n = 0; n < 60; n++) expect(limit.take("a")).toBeUndefined();
    expect(limit.take("a")).toBe(1);
    expect(limit.take("b")).toBeUndefined();
    clock.now += 1_000;
    expect(limit.take("a")).toBeUndefined();
    expect(limit.take("a")).toBe(1);
    clock.now += 3_600_000;
    for (let n = 0; n < 60; n++) expect(limit.take("a")).toBeUndefined();
    expect(limit.take("a")).toBeDefined();
  });

  it("remembers a bounded number of names", () => {
    const limit = new RateLimit(1, { monotonicMs: () => 0 }, 2);
    for (const name of ["a", "b", "c"]) limit.take(name);
    expect(limit.take("a")).toBeUndefined();
    expect(limit.take("c")).toBeDefined();
  });
});
