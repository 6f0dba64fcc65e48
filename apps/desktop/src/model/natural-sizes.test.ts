import { expect, test } from "vitest";
import type { Command } from "./commands.ts";
import { defaultDocument, filling } from "./default-document.ts";
import type { SourceSettings } from "./document.ts";
import { History } from "./history.ts";
import { NaturalSizes } from "./natural-sizes.ts";

const text: SourceSettings = {
  kind: "text",
  text: "Hi",
  font: "Inter",
  sizePx: 50,
  weight: 600,
  colour: "#ffffff",
  background: "#00000000",
  align: "left",
};

const begin = () => {
  const history = new History(defaultDocument({ displayId: null, microphoneId: null }));
  const sizes: Record<string, { width?: number; height?: number }> = {};
  const send = (command: Command, gesture: string) => {
    natural.expect(command, gesture);
    expect(history.do(command, gesture)).toBeNull();
  };
  const natural: NaturalSizes = new NaturalSizes({
    document: () => history.document,
    sizes: () => sizes,
    send,
    settle: (command) => history.settle(command),
  });
  const tell = (width: number, height: number) => {
    sizes["new"] = { width, height };
    natural.update();
  };
  const add = (settings: SourceSettings) => {
    const { sourceId: _, ...item } = filling("item-2", "new", history.document.canvas);
    const source = { id: "new", name: "New", settings, filters: [] };
    send({ kind: "source-add", source, place: { sceneId: "scene", item } }, "adding");
  };
  const place = () => history.document.scenes[0]?.items[1]?.transform;
  return { history, send, tell, add, place };
};

test("a new source is placed by its own size, in the step that added it", () => {
  const { history, add, tell, place } = begin();
  add({ kind: "image", path: "/a.png" });
  tell(400, 100);
  expect(place()).toMatchObject({ width: 400, height: 100, x: 640, y: 360 });
  tell(800, 100);
  expect(place()).toMatchObject({ width: 400 });
  history.undo();
  expect(history.document.scenes[0]?.items).toHaveLength(1);
});

test("a text that grows keeps its letters' shape and its left edge", () => {
  const { history, add, tell, place, send } = begin();
  add(text);
  tell(200, 100);
  send({ kind: "source-settings", sourceId: "new", settings: { ...text, text: "Hi there" } }, "typing");
  tell(500, 100);
  expect(place()).toMatchObject({ width: 500, height: 100, x: 640 - 100 + 250, y: 360 });
  history.undo();
  expect(place()).toMatchObject({ width: 200, x: 640 });
});
