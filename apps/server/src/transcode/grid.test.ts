import { describe, expect, it } from "vitest";
import { encodedPeriod90k, findGrid, GridWatch, isOnGrid } from "./grid.ts";

const S = 90_000;
const F30 = 3000;
/** Seconds, as keyframe times from 10 s on. */
const keys = (...seconds: number[]) => seconds.map((s) => Math.round((10 + s) * S));
const at = (seconds: number) => (10 + seconds) * S;

describe("findGrid", () => {
  const regular = (periodS: number) => ({
    kind: "regular",
    grid: { origin90k: 10 * S, period90k: expect.closeTo(periodS * S, 3) },
  });

  it.each([
    ["2 s GOPs, at the second keyframe", keys(0, 2), 2, 2],
    ["1 s GOPs make 2 s, after one second", keys(0, 1), 1, 2],
    ["0.5 s GOPs make 2 s, after one second", keys(0, 0.5, 1), 1, 2],
    ["scene cuts between do no harm", keys(0, 0.7, 2), 2, 2],
    ["a scene cut at 1.3 s is not taken for the grid", keys(0, 1.3, 2), 2, 2],
    ["1.5 s GOPs, when time is up", keys(0, 1.5), 2.2, 1.5],
  ])("%s", (_, keyframes, seen, period) => {
    expect(findGrid(keyframes, at(seen), F30)).toEqual(regular(period));
  });

  it.each([
    ["one keyframe", keys(0), 1.9],
    ["half a second of half-second GOPs", keys(0, 0.5), 0.6],
    ["an odd interval before time is up", keys(0, 1.3), 1.4],
  ])("waits: %s", (_, keyframes, seen) => {
    expect(findGrid(keyframes, at(seen), F30)).toEqual({ kind: "undecided" });
  });

  it.each([
    ["8 s GOPs", keys(0), 2.2],
    ["a short interval that does not repeat", keys(0, 0.5, 0.9), 2.3],
  ])("gives up: %s", (_, keyframes, seen) => {
    expect(findGrid(keyframes, at(seen), F30)).toEqual({ kind: "irregular" });
  });

  it("counts whole frames: 60 at 29.97 fps are 2.002 s", () => {
    const verdict = findGrid([0, 180_180], 180_180, 3003);
    expect(verdict).toEqual({ kind: "regular", grid: { origin90k: 0, period90k: 180_180 } });
  });

  it("forgives a keyframe that is a tick off at 23.976 fps", () => {
    const verdict = findGrid([0, 90_091], 90_091, 3753.75);
    expect(verdict).toEqual({ kind: "regular", grid: { origin90k: 0, period90k: 180_180 } });
  });
});

describe("encodedPeriod90k", () => {
  it.each([
    [2, 3000, 180_000],
    [2, 3003, 180_180],
    [2, 3753.75, 180_180],
    [1, 3600, 86_400],
  ])("%d s at %d ticks a frame is an even number of frames", (gopS, frame, period) => {
    expect(encodedPeriod90k(gopS, frame)).toBe(period);
  });
});

describe("GridWatch", () => {
  const grid = { origin90k: 0, period90k: 2 * S };

  it("accepts a grid with more keyframes between, and B-frames around its points", () => {
    const watch = new GridWatch(grid, F30);
    expect(watch.accepts(0, true)).toBe(true);
    expect(watch.accepts(S, true)).toBe(true);
    expect(watch.accepts(2 * S, true)).toBe(true);
    expect(watch.accepts(2 * S - F30, false)).toBe(true);
    expect(watch.accepts(2 * S + F30, false)).toBe(true);
  });

  it("notices the first frame at a point that is no keyframe", () => {
    const watch = new GridWatch(grid, F30);
    watch.accepts(0, true);
    expect(watch.accepts(2 * S, false)).toBe(false);
  });

  it("lets lost units pass only where the source returns on a point", () => {
    const back = new GridWatch(grid, F30);
    back.accepts(0, true);
    expect(back.accepts(6 * S, true)).toBe(true);
    expect(back.accepts(7 * S, false)).toBe(true);
    const off = new GridWatch(grid, F30);
    off.accepts(0, true);
    expect(off.accepts(5 * S, true)).toBe(false);
  });
});

it("isOnGrid looks half a frame either way", () => {
  const grid = { origin90k: 1000, period90k: 180_180 };
  expect(isOnGrid(grid, 1000 + 180_180 * 3 + 1500, 3003)).toBe(true);
  expect(isOnGrid(grid, 1000 + 180_180 * 3 + 1600, 3003)).toBe(false);
});
