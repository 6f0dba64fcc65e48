import { expect, test } from "vitest";
import type { Command } from "./commands.ts";
import { defaultDocument } from "./default-document.ts";
import { History } from "./history.ts";

const begin = (limit?: number) =>
  new History(defaultDocument({ displayId: null, microphoneId: null }), limit);
const add = (sceneId: string): Command => ({ kind: "scene-add", sceneId, name: sceneId });
const moveTo = (history: History, x: number): Command => {
  const item = history.document.scenes[0]?.items[0];
  if (!item) throw new Error("no item");
  return {
    kind: "items-transform",
    sceneId: "scene",
    items: [{ itemId: item.id, transform: { ...item.transform, x } }],
  };
};
const xOf = (history: History) => history.document.scenes[0]?.items[0]?.transform.x;

test("steps go back and forth, and a new one ends what could be done again", () => {
  const history = begin();
  const before = history.document;
  expect(history.do(add("b"))).toBeNull();
  expect(history.do(add("c"))).toBeNull();
  expect(history.state).toEqual({ undo: "scene-add", redo: null });
  history.undo();
  history.undo();
  expect(history.document).toEqual(before);
  expect(history.undo()).toBe(false);
  history.redo();
  expect(history.document.scenes).toHaveLength(2);
  history.do({ kind: "scene-rename", sceneId: "b", name: "Other" });
  expect(history.state).toEqual({ undo: "scene-rename", redo: null });
});

test("a drag is one step; the next drag is another one", () => {
  const history = begin();
  for (const x of [10, 20, 30]) history.do(moveTo(history, x), "drag-1");
  for (const x of [40, 50]) history.do(moveTo(history, x), "drag-2");
  history.undo();
  expect(xOf(history)).toBe(30);
  history.undo();
  expect(xOf(history)).toBe(640);
  history.redo();
  expect(xOf(history)).toBe(30);
  history.do(moveTo(history, 31), "drag-1");
  history.undo();
  expect(xOf(history)).toBe(30);
});

test("a refused command is no step", () => {
  const history = begin();
  expect(history.do({ kind: "scene-remove", sceneId: "scene" })).toBe("last_scene");
  expect(history.state.undo).toBeNull();
});

test("undo leaves on air what is on air while its scene exists", () => {
  const history = begin();
  history.do(add("b"));
  history.do({ kind: "scene-rename", sceneId: "b", name: "B" });
  history.do({ kind: "programme", sceneId: "b" });
  history.undo();
  expect(history.document).toMatchObject({ programmeSceneId: "b", scenes: [{}, { name: "b" }] });
  history.undo();
  expect(history.document).toMatchObject({ programmeSceneId: "scene", scenes: [{ id: "scene" }] });
});

test("the way back is bounded", () => {
  const history = begin(3);
  for (const id of ["b", "c", "d", "e", "f"]) history.do(add(id));
  let steps = 0;
  while (history.undo()) steps++;
  expect(steps).toBe(3);
  expect(history.document.scenes).toHaveLength(3);
});
