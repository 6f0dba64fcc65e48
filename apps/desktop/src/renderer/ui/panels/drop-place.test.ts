import { describe, expect, it } from "vitest";
import { dropAs } from "./drop-place.ts";

describe("dropAs", () => {
  const box = { left: 100, top: 200, width: 400, height: 200 };
  it.each([
    [110, 300, "right", "before"],
    [300, 300, "right", "tab"],
    [490, 300, "right", "after"],
    [300, 203, "down", "before"],
    [300, 225, "down", "tab"],
    [300, 240, "down", "before"],
    [300, 300, "down", "tab"],
    [300, 390, "down", "after"],
  ] as const)("%i, %i in a dock that runs %s is %s", (x, y, runs, as) => {
    expect(dropAs(box, { x, y }, runs)).toBe(as);
  });

  it("leaves a low stack its ends, header or not", () => {
    const low = { ...box, height: 80 };
    expect(dropAs(low, { x: 300, y: 215 }, "down")).toBe("before");
    expect(dropAs(low, { x: 300, y: 240 }, "down")).toBe("tab");
  });
});
