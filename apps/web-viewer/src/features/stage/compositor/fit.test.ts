import { describe, expect, it } from "vitest";
import { fitInto } from "./fit.ts";
import { shorten } from "./painter.ts";

describe("fitInto", () => {
  const square = { x: 10, y: 20, width: 100, height: 100 };

  it("cuts a wide picture at both sides", () => {
    expect(fitInto({ ...square, fit: "cover" }, 1_600, 900)).toEqual({
      from: { x: 350, y: 0, width: 900, height: 900 },
      to: square,
    });
  });
  it("cuts a tall picture above and below", () => {
    expect(fitInto({ ...square, fit: "cover" }, 900, 1_600).from).toEqual({
      ...{ x: 0, y: 350, width: 900, height: 900 },
    });
  });
  it("shows a screen whole, in the middle", () => {
    expect(fitInto({ ...square, fit: "contain" }, 1_600, 800)).toEqual({
      from: { x: 0, y: 0, width: 1_600, height: 800 },
      to: { x: 10, y: 45, width: 100, height: 50 },
    });
  });
});

describe("shorten", () => {
  const within = (most: number) => (text: string) => [...text].length <= most;
  it("keeps what fits, and says where something is missing", () => {
    expect(shorten("Ada", within(3))).toBe("Ada");
    expect(shorten("Ada Lovelace", within(5))).toBe("Ada…");
    expect(shorten("👩🏽‍🚀👩🏽‍🚀", within(1))).toBe("");
  });
});
