import { describe, expect, it } from "vitest";
import { isTooDeep } from "./json-body.ts";

describe("isTooDeep", () => {
  it("counts nesting, not brackets", () => {
    expect(isTooDeep("[[]]", 2)).toBe(false);
    expect(isTooDeep("[[[]]]", 2)).toBe(true);
    expect(isTooDeep(JSON.stringify([[], {}, [], {}]), 2)).toBe(false);
  });

  it("does not read strings", () => {
    expect(isTooDeep(JSON.stringify({ a: '[[[{{{"\\' }), 1)).toBe(false);
  });
});
