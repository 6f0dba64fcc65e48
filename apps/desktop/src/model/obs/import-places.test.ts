import { expect, test } from "vitest";
import type { StudioDocument } from "../document.ts";
import { History } from "../history.ts";
import { NaturalSizes } from "../natural-sizes.ts";
import { importObs } from "./import-obs.ts";

/** What OBS 29 writes of an item, and where its picture then lies (both compared with OBS' own screenshot). */
const item = (name: string, part: object) => ({
  ...{ name, visible: true, locked: false, rot: 0, pos: { x: 0, y: 0 }, scale: { x: 1, y: 1 }, align: 5 },
  ...{ bounds_type: 0, bounds_align: 0, bounds: { x: 0, y: 0 }, group_item_backup: false },
  ...part,
});
const picture = (name: string) => ({ id: "image_source", name, settings: { file: `/${name}.png` } });
const canvas = { width: 1280, height: 720, fps: 30 };
const imported = (items: object[], more: object = {}): StudioDocument => {
  const scene = { id: "scene", name: "Cmp", settings: { items } };
  const sources = [scene, picture("A"), picture("B")];
  const read = importObs({ name: "X", sources, ...more }, canvas, { displayId: null, microphoneId: null });
  if (!read) throw new Error("not read");
  expect(read.unmatched).toEqual([]);
  return read.document;
};
/** The document once the engine has told that every picture is of 400 x 240. */
const told = (document: StudioDocument) => {
  const history = new History(document);
  const size = { width: 400, height: 240 };
  const sizes = new NaturalSizes({
    document: () => history.document,
    sizes: () => Object.fromEntries(Object.keys(document.sources).map((id) => [id, size])),
    send: () => {},
    settle: (command) => history.settle(command),
  });
  sizes.update();
  return history;
};

test("places that OBS scales by a picture's own size are ours as soon as that is known", () => {
  const document = imported([
    item("A", { pos: { x: 20, y: 200 }, scale: { x: 0.5, y: 0.5 }, crop_left: 80, crop_bottom: 60 }),
    item("B", { pos: { x: 250, y: 200 }, bounds_type: 2, bounds: { x: 150, y: 150 } }),
  ]);
  const history = told(document);
  const [a, b] = history.document.scenes[0]?.items ?? [];
  expect(a?.transform).toMatchObject({ x: 100, y: 245, width: 160, height: 90 });
  expect(a?.transform.crop).toMatchObject({ left: 0.2, bottom: 0.25 });
  expect(b?.transform).toMatchObject({ x: 325, y: 275, width: 150, height: 90 });
  expect([a, b].map((each) => each?.unplaced)).toEqual([undefined, undefined]);
  expect(history.state.undo).toBeNull();
});

test("what somebody has moved meanwhile stays where it is", () => {
  const document = imported([item("A", { scale: { x: 0.5, y: 0.5 } })]);
  const scene = document.scenes[0];
  const [first] = scene?.items ?? [];
  if (!scene || !first) throw new Error("no item");
  const history = new History(document);
  const transform = { ...first.transform, x: 7 };
  history.do({ kind: "items-transform", sceneId: scene.id, items: [{ itemId: first.id, transform }] });
  expect(told(history.document).document.scenes[0]?.items[0]?.transform.x).toBe(7);
});

test("a group becomes a scene of its own, of which its corner is shown", () => {
  const inGroup = [item("A", { scale: { x: 0.4, y: 0.4 } }), item("B", { pos: { x: 200, y: 10 } })];
  const group = { id: "group", name: "G", settings: { cx: 640, cy: 180, items: inGroup } };
  const backup = item("A", { group_item_backup: true });
  const document = imported([item("G", { pos: { x: 20, y: 20 }, scale: { x: 2, y: 1 } }), backup], {
    groups: [group],
  });
  expect(document.scenes.map(({ name, items }) => [name, items.length])).toEqual([
    ["Cmp", 1],
    ["G", 2],
  ]);
  const [shown] = document.scenes[0]?.items ?? [];
  expect(document.sources[shown?.sourceId ?? ""]?.settings).toEqual({ kind: "scene", sceneId: "group-2" });
  expect(shown?.transform).toMatchObject({ x: 660, y: 110, width: 1280, height: 180 });
  expect(shown?.transform.crop).toEqual({ left: 0, top: 0, right: 0.5, bottom: 0.75 });
});

test("a group that is larger than the canvas is made smaller inside and shown as large", () => {
  const inGroup = [item("A", { pos: { x: 1280, y: 0 }, scale: { x: 2, y: 2 } })];
  const group = { id: "group", name: "G", settings: { cx: 2560, cy: 720, items: inGroup } };
  const document = told(imported([item("G", {})], { groups: [group] })).document;
  const [outer, inner] = document.scenes.map(({ items }) => items[0]?.transform);
  expect(outer).toMatchObject({ x: 1280, y: 360, width: 2560, height: 720 });
  expect(outer?.crop).toEqual({ left: 0, top: 0, right: 0, bottom: 0.5 });
  expect(inner).toMatchObject({ x: 640 + 200, y: 120, width: 400, height: 240 });
});

test("keys to talk come along, and sound that OBS brings forward is said not to", () => {
  const microphone = (name: string, part: object) => ({ id: "pulse_input_capture", name, ...part });
  const sources = [
    { id: "scene", name: "Cmp", settings: { items: [item("A", {}), item("B", {})] } },
    microphone("A", { "push-to-talk": true, sync: -20_000_000 }),
    microphone("B", { "push-to-mute": true }),
  ];
  const read = importObs({ sources }, canvas, { displayId: null, microphoneId: null });
  const sounds = Object.values(read?.document.sources ?? {}).map(({ sound }) => sound);
  expect(sounds).toMatchObject([
    { talkKey: "push", offsetMs: 0 },
    { talkKey: "cough", offsetMs: 0 },
  ]);
  expect(read?.unmatched).toEqual(["“A”: sound is not brought forward here, so it begins at 0 ms"]);
});
