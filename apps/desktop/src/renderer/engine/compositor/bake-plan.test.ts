import { expect, it } from "vitest";
import { transformSchema } from "../../../model/document.ts";
import { bakeRuns } from "./bake-plan.ts";
import type { Layer } from "./compositor.ts";

const layer = (id: string, over: Record<string, unknown> = {}): Layer => ({
  id,
  content: { size: { width: 100, height: 100 } } as Layer["content"],
  transform: transformSchema.parse({ x: 50, y: 50, width: 100, height: 100, ...over }),
});
const moving = new Set<string>();
const runs = (...layers: Layer[]) => bakeRuns(layers, ({ id }) => !moving.has(id));

it("joins neighbours that stand still, and breaks at what moves", () => {
  moving.add("camera");
  expect(runs(layer("a"), layer("b"), layer("camera"), layer("c"), layer("d"))).toEqual([
    { first: 0, end: 2 },
    { first: 3, end: 5 },
  ]);
});

it("leaves a single picture alone that is drawn dot by dot", () => {
  expect(runs(layer("a"))).toEqual([]);
  expect(runs(layer("a", { width: 200 }))).toEqual([{ first: 0, end: 1 }]);
  expect(runs(layer("a", { opacity: 0.5 }))).toEqual([{ first: 0, end: 1 }]);
});

it("bakes what blends only with everything below it", () => {
  moving.add("camera");
  expect(runs(layer("a"), layer("glow", { blend: "add" }))).toEqual([{ first: 0, end: 2 }]);
  expect(runs(layer("camera"), layer("a"), layer("glow", { blend: "add" }), layer("b"))).toEqual([]);
});
