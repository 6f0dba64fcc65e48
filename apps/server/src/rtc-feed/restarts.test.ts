import { expect, it } from "vitest";
import { Restarts } from "./restarts.ts";

/** How long each of the deaths in a row keeps the next try waiting. */
function waits(restarts: Restarts, deaths: number, livedMs: number, fromMs = 0): number[] {
  let nowMs = fromMs;
  return Array.from({ length: deaths }, () => {
    restarts.started(nowMs);
    nowMs += livedMs;
    restarts.died(nowMs);
    const diedMs = nowMs;
    while (!restarts.mayStart(nowMs)) nowMs += 1;
    return nowMs - diedMs;
  });
}

it("tries at once, then ever later", () => {
  const restarts = new Restarts();
  expect(restarts.mayStart(0)).toBe(true);
  expect(waits(restarts, 5, 100)).toEqual([0, 500, 2_000, 5_000, 5_000]);
});

it("forgives who lived for long", () => {
  const restarts = new Restarts();
  waits(restarts, 3, 100);
  expect(waits(restarts, 3, 20_000, 60_000)).toEqual([0, 0, 0]);
});
