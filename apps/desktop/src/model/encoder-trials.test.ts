import { expect, it } from "vitest";
import { tryAllSizes } from "./encoder-trials.ts";

it.each([
  ["an encoder that works", { 360: 300, 720: 90, 1080: 41 }, { fps360p: 300, fps720p: 90, fps1080p: 41 }],
  ["one that takes too long over the largest", { 360: 300, 720: 90 }, { fps360p: 300, fps720p: 90 }],
  ["one that is too slow to go on", { 360: 300, 720: 39, 1080: 99 }, { fps360p: 300, fps720p: 39 }],
  ["one that fails in the middle", { 360: 300, 1080: 99 }, { fps360p: 300, fps720p: 0 }],
  ["one for small pictures at most", { 360: 12, 720: 99 }, { fps360p: 12, fps720p: 0 }],
  ["one that is not there", { 720: 99, 1080: 99 }, undefined],
])("tries %s no further than it is of use", async (_, speeds: Record<number, number>, found) => {
  expect(await tryAllSizes(async ({ height }) => speeds[height])).toEqual(found);
});
