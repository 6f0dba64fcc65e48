import { expect, it } from "vitest";
import { highCodecString, lowestHighLevel } from "./level.ts";

const level = (width: number, height: number, framesPerS: number, bitrateBps: number, keptFrames = 4) =>
  lowestHighLevel({ width, height, framesPerS, bitrateBps, bufferBits: bitrateBps, keptFrames });

it.each([
  ["160p30", 12, level(284, 160, 30, 300_000)],
  ["180p30", 13, level(320, 180, 30, 400_000)],
  ["360p30", 30, level(640, 360, 30, 700_000)],
  ["480p30", 31, level(854, 480, 30, 1_500_000)],
  ["720p30", 31, level(1280, 720, 30, 3_000_000)],
  ["720p60 by its rate", 32, level(1280, 720, 60, 3_000_000)],
  ["1080p30", 40, level(1920, 1080, 30, 6_000_000)],
  ["1080p60 by its rate", 42, level(1920, 1080, 60, 8_000_000)],
  ["1080p30 by the frames that are kept", 50, level(1920, 1080, 30, 6_000_000, 5)],
  ["1080p30 by its bit rate", 41, level(1920, 1080, 30, 30_000_000)],
  ["a narrow strip by its length", 21, level(1104, 16, 5, 100_000, 1)],
  ["portrait is landscape", 31, level(720, 1280, 30, 3_000_000)],
  ["past every level", 62, level(8192, 8192, 120, 100_000_000)],
])("%s is of level %i", (_, expected, found) => {
  expect(found).toBe(expected);
});

it("is named by hexadecimal", () => {
  expect([12, 31, 42].map(highCodecString)).toEqual(["avc1.64000c", "avc1.64001f", "avc1.64002a"]);
});
