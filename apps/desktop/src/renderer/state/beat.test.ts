import { expect, it } from "vitest";
import { Beat } from "./beat.ts";

function beatAt() {
  let nowMs = 1_000;
  const beat = new Beat(() => nowMs);
  const struck: number[] = [];
  const off = beat.subscribe((atMs) => struck.push(atMs));
  const after = (ms: number, what: "strike" | "ask") => {
    nowMs += ms;
    beat[what]();
  };
  return { struck, off, after };
}

it("waits for the next picture with what is to be shown while pictures come", () => {
  const { struck, after } = beatAt();
  for (let picture = 0; picture < 3; picture += 1) {
    after(33, "ask");
    after(33, "strike");
  }
  expect(struck).toEqual([1_033, 1_066, 1_132, 1_198]);
});

it("shows it at once where no picture comes, until nobody looks", () => {
  const { struck, off, after } = beatAt();
  for (let report = 0; report < 3; report += 1) after(100, "ask");
  off();
  after(100, "ask");
  expect(struck).toEqual([1_100, 1_200, 1_300]);
});
