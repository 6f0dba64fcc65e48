import { expect, test } from "vitest";
import { defaultDocument } from "./default-document.ts";
import { readDocument, writeDocument } from "./read-document.ts";

const document = defaultDocument({ displayId: "1", microphoneId: "default" });

test("what was written is read back", () => {
  expect(readDocument(writeDocument(document))).toEqual({ result: "document", document, migratedFrom: null });
});

test("an older file is brought up step by step", () => {
  const old = JSON.stringify({ ...document, version: 1, name: undefined, title: "Mine" });
  const steps = [
    (json: Record<string, unknown>) => ({ ...json, caption: json["title"] }),
    (json: Record<string, unknown>) => ({ ...json, name: json["caption"], version: 1 }),
  ];
  expect(readDocument(old, steps, 3)).toMatchObject({ migratedFrom: 1, document: { name: "Mine" } });
});

test("what older studios wrote and nothing heeds is let go", () => {
  const settings = { kind: "display", displayId: "1", cursor: false };
  const display = { ...document.sources["display"], settings };
  const old = { ...document, sources: { ...document.sources, display } };
  expect(readDocument(JSON.stringify(old))).toEqual({ result: "document", document, migratedFrom: null });
});

test("broken files and those from the future are told apart and not read", () => {
  expect(readDocument("{")).toMatchObject({ result: "broken" });
  expect(readDocument("[]")).toMatchObject({ result: "broken", cause: "no version" });
  expect(readDocument(JSON.stringify({ ...document, scenes: [] }))).toMatchObject({ result: "broken" });
  expect(readDocument(JSON.stringify({ ...document, version: 99 }))).toEqual({
    result: "future",
    version: 99,
  });
});

test("pointers to what is not there are let go", () => {
  const edited = { ...document, sources: {}, programmeSceneId: "gone", safeSceneId: "gone" };
  expect(readDocument(JSON.stringify(edited))).toMatchObject({
    document: { programmeSceneId: "scene", safeSceneId: null, globalSound: [], scenes: [{ items: [] }] },
  });
});

test("a scene that was made to show itself by hand shows the rest of what it has", () => {
  const { scenes, sources } = document;
  const scene = scenes[0];
  const item = scene?.items[0];
  if (!scene || !item) throw new Error("no scene");
  const loop = { id: "loop", name: "Loop", settings: { kind: "scene", sceneId: scene.id }, filters: [] };
  const edited = {
    ...document,
    sources: { ...sources, loop },
    scenes: [{ ...scene, items: [item, { ...item, id: "itself", sourceId: "loop" }] }],
  };
  expect(readDocument(JSON.stringify(edited))).toMatchObject({
    document: { scenes: [{ items: [{ id: item.id }] }] },
  });
});
