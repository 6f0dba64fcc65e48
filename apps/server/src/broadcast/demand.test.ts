import { expect, it } from "vitest";
import { Demand } from "./demand.ts";

it("is new once, and again after it was idle", () => {
  const demand = new Demand(60_000);
  expect(demand.note("480p", 0)).toBe(true);
  expect(demand.note("480p", 1_000)).toBe(false);
  expect(demand.note("1080p", 1_000)).toBe(true);
  expect(demand.takeIdle(60_999)).toEqual([]);
  expect(demand.takeIdle(61_000)).toEqual(["480p", "1080p"]);
  expect(demand.takeIdle(70_000)).toEqual([]);
  expect(demand.note("480p", 70_000)).toBe(true);
});

it("lasts as long as somebody asks", () => {
  const demand = new Demand(60_000);
  for (let nowMs = 0; nowMs <= 600_000; nowMs += 10_000) {
    demand.note("480p", nowMs);
    expect(demand.takeIdle(nowMs + 9_999)).toEqual([]);
  }
  expect(demand.takeIdle(660_000)).toEqual(["480p"]);
});
