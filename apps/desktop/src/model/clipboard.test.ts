import { expect, test } from "vitest";
import { copied, copiedFilters, pasted, pastedFilters } from "./clipboard.ts";
import type { Command } from "./commands.ts";
import { defaultDocument, filling } from "./default-document.ts";
import type { StudioDocument } from "./document.ts";
import { History } from "./history.ts";
import { sceneOf } from "./lookup.ts";

const begin = () => {
  const plain = defaultDocument({ displayId: null, microphoneId: "default" });
  const nested = {
    id: "nested",
    name: "First",
    settings: { kind: "scene" as const, sceneId: "scene" },
    filters: [],
  };
  const document: StudioDocument = {
    ...plain,
    sources: { ...plain.sources, nested },
    scenes: [
      ...plain.scenes,
      { id: "second", name: "Second", items: [filling("n", "nested", plain.canvas)] },
    ],
  };
  return new History(document);
};
let count = 0;
const newId = () => `new-${++count}`;
const scene = (history: History, id: string) => {
  const found = sceneOf(history.document, id);
  if (!found) throw new Error("no scene");
  return found;
};
const run = (history: History, commands: readonly Command[]) => {
  for (const command of commands) expect(history.do(command, "paste")).toBeNull();
};

test("items are pasted as further views of their sources, beside themselves, in one step", () => {
  const history = begin();
  const clip = copied(history.document, scene(history, "scene"), ["item"]);
  if (!clip) throw new Error("nothing copied");
  const { commands, itemIds } = pasted(history.document, scene(history, "scene"), clip, "same", newId);
  run(history, commands);
  const items = scene(history, "scene").items;
  expect(items.map(({ sourceId }) => sourceId)).toEqual(["test-picture", "test-picture"]);
  expect(items[1]).toMatchObject({ id: itemIds[0], transform: { x: 640 + 24, y: 360 + 24 } });
  history.undo();
  expect(scene(history, "scene").items).toHaveLength(1);
});

test("items are pasted as copies of their sources, also into another collection", () => {
  const history = begin();
  const clip = copied(history.document, scene(history, "scene"), ["item"]);
  if (!clip) throw new Error("nothing copied");
  run(history, pasted(history.document, scene(history, "second"), clip, "copy", newId).commands);
  expect(Object.values(history.document.sources).map(({ name }) => name)).toContain("Test picture 2");
  const other = new History({ ...defaultDocument({ displayId: "1", microphoneId: null }), name: "Other" });
  run(other, pasted(other.document, scene(other, "scene"), clip, "same", newId).commands);
  expect(scene(other, "scene").items).toHaveLength(2);
});

test("a scene is not pasted into itself", () => {
  const history = begin();
  const clip = copied(history.document, scene(history, "second"), ["n"]);
  if (!clip) throw new Error("nothing copied");
  expect(pasted(history.document, scene(history, "scene"), clip, "same", newId).commands).toEqual([]);
});

test("filters are pasted after those that are there, and those of sound only where there is some", () => {
  const { sources } = begin().document;
  const [picture, microphone] = [sources["test-picture"], sources["microphone"]];
  if (!picture || !microphone) throw new Error("no sources");
  const blur = { id: "b", kind: "blur" as const, enabled: true, radiusPx: 3 };
  const gain = { id: "g", kind: "gain" as const, enabled: true, gainDb: 3 };
  const clip = { ...copiedFilters(picture), picture: [blur], sound: [gain] };
  expect(pastedFilters({ ...picture, filters: [blur] }, clip, newId)).toMatchObject([
    { kind: "source-filters", filters: [{ id: "b" }, { kind: "blur", radiusPx: 3 }] },
  ]);
  expect(pastedFilters(microphone, clip, newId)).toMatchObject([{ kind: "sound", sourceId: "microphone" }]);
});
