import { describe, expect, it } from "vitest";
import { diffPatch, type Json, type JsonObject, mergePatch, withoutNulls } from "./merge-patch.ts";

describe("mergePatch", () => {
  // RFC 7396, appendix A.
  it.each<[Json, Json, Json]>([
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])("%j with %j is %j", (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it("keeps a key named __proto__ a key", () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__": {"evil": true}}') as Json) as JsonObject;
    expect(Object.keys(merged)).toEqual(["__proto__"]);
    expect(({} as { evil?: boolean }).evil).toBeUndefined();
  });
});

describe("diffPatch", () => {
  it("is nothing between equals", () => {
    expect(diffPatch({ a: { b: [1] } }, { a: { b: [1] } })).toBeUndefined();
  });

  it("makes the one state of the other, whatever they are", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    const state = (depth: number): JsonObject =>
      Object.fromEntries(
        Array.from({ length: random(5) }, (): [string, Json] => {
          const kind = random(depth > 3 ? 3 : 4);
          const value: Json =
            kind === 0
              ? random(3)
              : kind === 1
                ? `t${random(3)}`
                : kind === 2
                  ? [random(2)]
                  : state(depth + 1);
          return [`k${random(5)}`, value];
        }),
      );
    for (let round = 0; round < 500; round++) {
      const [from, to] = [state(0), state(0)];
      expect(mergePatch(from, diffPatch(from, to) ?? {})).toEqual(to);
    }
  });
});

describe("withoutNulls", () => {
  it("leaves out what is nothing, at every depth", () => {
    expect(withoutNulls({ a: null, b: { c: undefined, d: 0 }, e: [] })).toEqual({ b: { d: 0 }, e: [] });
  });
});
