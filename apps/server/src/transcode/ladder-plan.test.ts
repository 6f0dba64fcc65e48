import { DEFAULT_LADDER } from "@footlight/shared";
import { expect, it } from "vitest";
import { bitrateForHeight, planLadder } from "./ladder-plan.ts";

const source = (width: number, height: number, num = 30, den = 1) => ({
  width,
  height,
  frameRate: { num, den },
  bitrateBps: 4_000_000,
});
function names(...args: Parameters<typeof planLadder>): string[] {
  const plan = planLadder(...args);
  const encoded = plan.encoded.map(
    ({ name, width, height, frameRate }) => `${name} ${width}x${height}@${frameRate.num}/${frameRate.den}`,
  );
  return [...(plan.source === undefined ? [] : [plan.source.name]), ...encoded];
}

it.each([
  [
    "720p passed through: source replaces the rung of its height",
    source(1280, 720),
    true,
    ["source", "480p 854x480@30/1", "360p 640x360@30/1", "160p 284x160@30/1"],
  ],
  [
    "1080p60 re-encoded: all six",
    source(1920, 1080, 60),
    false,
    [
      "1080p60 1920x1080@60/1",
      "1080p 1920x1080@30/1",
      "720p 1280x720@30/1",
      "480p 854x480@30/1",
      "360p 640x360@30/1",
      "160p 284x160@30/1",
    ],
  ],
  [
    "1080p30 has no use for 1080p60",
    source(1920, 1080, 30_000, 1001),
    false,
    [
      "1080p 1920x1080@30000/1001",
      "720p 1280x720@30000/1001",
      "480p 854x480@30000/1001",
      "360p 640x360@30000/1001",
      "160p 284x160@30000/1001",
    ],
  ],
  [
    "a height between two rungs gets one named after it",
    source(888, 500),
    false,
    ["500p 888x500@30/1", "480p 852x480@30/1", "360p 640x360@30/1", "160p 284x160@30/1"],
  ],
  [
    "portrait: the shorter side is the rung's height",
    source(720, 1280),
    false,
    ["720p 720x1280@30/1", "480p 480x854@30/1", "360p 360x640@30/1", "160p 160x284@30/1"],
  ],
  ["odd sides are encoded even", source(641, 361), false, ["360p 640x360@30/1", "160p 284x160@30/1"]],
  ["nothing is scaled up", source(160, 120), true, ["source"]],
])("%s", (_, shape, passthrough, expected) => {
  expect(names(shape, DEFAULT_LADDER, { passthrough, periodFrames: 120 })).toEqual(expected);
});

it("halves 60 fps only where the grid is an even number of frames", () => {
  const rates = (periodFrames: number) =>
    planLadder(source(1280, 720, 60), DEFAULT_LADDER, { passthrough: true, periodFrames }).encoded.map(
      ({ frameRate }) => frameRate.num,
    );
  expect(rates(120)).toEqual([30, 30, 30]);
  expect(rates(91)).toEqual([60, 60, 60]);
});

it("leaves out what was dropped", () => {
  const without = new Set(["480p"]);
  const plan = names(source(1280, 720), DEFAULT_LADDER, { passthrough: true, periodFrames: 60, without });
  expect(plan).toEqual(["source", "360p 640x360@30/1", "160p 284x160@30/1"]);
});

it.each([
  ["1080p60 re-encoded", source(1920, 1080, 60), false, ["720p", "360p", "160p"]],
  ["1080p passed through", source(1920, 1080), true, ["720p", "360p", "160p"]],
  ["720p re-encoded", source(1280, 720), false, ["720p", "360p", "160p"]],
  ["720p passed through: the source is 720p", source(1280, 720), true, ["360p", "160p"]],
  ["500p: the next lower one", source(888, 500), true, ["480p", "360p", "160p"]],
  ["500p re-encoded", source(888, 500), false, ["480p", "360p", "160p"]],
  ["480p re-encoded: 360p is the next lower one", source(854, 480), false, ["360p", "160p"]],
  ["a small picture at its own size", source(320, 180), false, ["180p", "160p"]],
])("always on of %s", (_, shape, passthrough, expected) => {
  const { encoded } = planLadder(shape, DEFAULT_LADDER, { passthrough, periodFrames: 60 });
  expect(encoded.filter((rung) => rung.alwaysOn).map(({ name }) => name)).toEqual(expected);
});

it("the lowest that is left is on when the lowest was dropped", () => {
  const ladder = DEFAULT_LADDER.map((rung) => ({ ...rung, alwaysOn: false }));
  const without = new Set(["160p"]);
  const { encoded } = planLadder(source(1280, 720), ladder, { passthrough: true, periodFrames: 60, without });
  expect(encoded.map(({ name, alwaysOn }) => [name, alwaysOn])).toEqual([
    ["480p", false],
    ["360p", true],
  ]);
});

it("interpolates bit rates by area", () => {
  expect(bitrateForHeight(480, DEFAULT_LADDER)).toBe(1_500_000);
  expect(bitrateForHeight(500, DEFAULT_LADDER)).toBe(1_602_000);
  expect(bitrateForHeight(2160, DEFAULT_LADDER)).toBeGreaterThan(20_000_000);
  expect(bitrateForHeight(80, DEFAULT_LADDER)).toBe(75_000);
});
