import { expect, it } from "vitest";
import { documentSchema, type StudioDocument } from "../../../model/document.ts";
import { Programme } from "./programme.ts";

const collection = (programmeSceneId: string, over: object = {}): StudioDocument =>
  documentSchema.parse({
    ...{ version: 1, name: "Test", canvas: { width: 640, height: 360, fps: 30 }, sources: {} },
    scenes: ["a", "b", "safe"].map((id) => ({ id, name: id, items: [] })),
    ...{ programmeSceneId, transition: { kind: "fade", durationMs: 1_000 } },
    ...over,
  });
const scene = (sceneId: string | null) => ({ kind: "scene", sceneId });

it("begins without a transition, and mixes from scene to scene in the time given", () => {
  const programme = new Programme();
  programme.follow(collection("a"), 0);
  expect(programme.at(0)).toEqual(scene("a"));
  programme.follow(collection("b"), 1_000);
  expect(programme.at(1_000)).toMatchObject({ kind: "mix", from: "a", to: "b", progress: 0 });
  expect(programme.at(1_500)).toMatchObject({ progress: 0.5 });
  // What else changes in the document meanwhile does not begin it again.
  programme.follow(collection("b", { name: "Other" }), 1_600);
  expect(programme.at(1_999)).toMatchObject({ kind: "mix" });
  expect(programme.at(2_000)).toEqual(scene("b"));
});

it("cuts where it is told to, and where the scene that it would come from is gone", () => {
  const programme = new Programme();
  programme.follow(collection("a"), 0);
  programme.follow(collection("b", { transition: { kind: "cut" } }), 10);
  expect(programme.at(10)).toEqual(scene("b"));
  programme.follow(collection("a"), 20);
  programme.follow(collection("a", { scenes: [{ id: "a", name: "a", items: [] }] }), 30);
  expect(programme.at(30)).toEqual(scene("a"));
  programme.follow(collection("nowhere"), 40);
  expect(programme.at(40)).toEqual(scene(null));
});

it("changes scenes under a stinger, which ends when its film does, or after a while", () => {
  const transition = { kind: "stinger", path: "/s.webm", cutAtMs: 400 };
  const programme = new Programme();
  programme.follow(collection("a", { transition }), 0);
  programme.follow(collection("b", { transition }), 1_000);
  expect(programme.at(1_399)).toEqual({ kind: "stinger", sceneId: "a", path: "/s.webm", atMs: 399 });
  expect(programme.at(1_400)).toMatchObject({ kind: "stinger", sceneId: "b" });
  programme.stingerEnded();
  expect(programme.at(1_500)).toEqual(scene("b"));
  programme.follow(collection("a", { transition }), 2_000);
  expect(programme.at(32_000)).toEqual(scene("a"));
});

it("shows the safe scene in a panic, whatever the document says, and comes back where it then is", () => {
  const programme = new Programme();
  programme.follow(collection("a"), 0);
  programme.panic(true);
  expect(programme.at(1)).toEqual(scene(null));
  programme.follow(collection("b", { safeSceneId: "safe" }), 2);
  expect(programme.at(3)).toEqual(scene("safe"));
  programme.panic(false);
  expect(programme.at(5_000)).toEqual(scene("b"));
});
