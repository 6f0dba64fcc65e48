import { afterAll, beforeAll, describe, expect } from "vitest";
import { compositorsCases } from "./engine-compositors.cases.ts";
import { EnginePage } from "./engine-page/engine-page.ts";
import { pictureCases } from "./engine-picture.cases.ts";
import { soundCases } from "./engine-sound.cases.ts";
import { whipCases } from "./engine-whip.cases.ts";

// One build of the page and one browser serve all cases: they take longer than most of them.
let engine: EnginePage;
beforeAll(async () => {
  engine = await EnginePage.open();
});
afterAll(async () => {
  expect(engine.faults).toEqual([]);
  await engine[Symbol.asyncDispose]();
});

describe("the engine's pictures", () => pictureCases(() => engine));
describe("the engine's sound", () => soundCases(() => engine));
describe("the compositors", () => compositorsCases(() => engine));
describe("the engine's WHIP", () => whipCases(() => engine));
