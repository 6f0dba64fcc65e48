import { describe, expect, it } from "vitest";
import { SEATS } from "../../contract/stage.ts";
import { moved, seated } from "./seats.ts";

describe("seats", () => {
  it("are taken from the first on, and kept until somebody leaves", () => {
    const three = seated({}, ["ada", "ben", "eve"]);
    expect(three).toEqual({ ada: 1, ben: 2, eve: 3 });
    const two = seated(three, ["ada", "eve"]);
    expect(two).toEqual({ ada: 1, eve: 3 });
    expect(seated(two, ["ada", "eve", "fay"])).toEqual({ ada: 1, eve: 3, fay: 2 });
  });

  it("are exchanged", () => {
    expect(moved({ ada: 1, ben: 2 }, "ada", 2)).toEqual({ ada: 2, ben: 1 });
    expect(moved({ ada: 1, ben: 2 }, "ada", 5)).toEqual({ ada: 5, ben: 2 });
    expect(moved({ ada: 1 }, "eve", 1)).toEqual({ ada: 1 });
  });

  it("are as many as there are", () => {
    const people = Array.from({ length: SEATS + 2 }, (_, i) => `guest${i}`);
    expect(Object.keys(seated({}, people))).toHaveLength(SEATS);
  });
});
