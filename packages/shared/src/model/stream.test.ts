import { expect, it } from "vitest";
import { splitTags } from "./stream.ts";

it("splits tags as people write them", () => {
  expect(splitTags(" Pottery, calm #slow  calm;")).toEqual(["pottery", "calm", "slow"]);
  expect(splitTags("")).toEqual([]);
});
