import { expect, test } from "vitest";
import { filling } from "../../model/default-document.ts";
import type { Item, Transform } from "../../model/document.ts";
import { holdAt, StageGesture, type StageView, turnKnob } from "./stage-gesture.ts";

const canvas = { width: 1000, height: 500 };
const none = { shift: false, alt: false, ctrl: false };
const item = (id: string, part: Partial<Transform>, rest: Partial<Item> = {}): Item => {
  const base = filling(id, "source", canvas);
  return { ...base, ...rest, transform: { ...base.transform, ...part } };
};
const box = item("box", { x: 300, y: 200, width: 200, height: 100 });
const over = item("over", { x: 340, y: 200, width: 200, height: 100 });
const view = (items: Item[], selected: string[] = []): StageView => ({ canvas, items, selected, reach: 10 });

test("a press selects what is on top, and holds on to what is selected under it", () => {
  const at = { x: 330, y: 200 };
  expect(new StageGesture(view([box, over]), at, none).selected).toEqual(["over"]);
  expect(new StageGesture(view([box, over], ["box"]), at, none).selected).toEqual(["box"]);
  const both = new StageGesture(view([box, over], ["box"]), at, { ...none, shift: true });
  expect(both.selected).toEqual(["box", "over"]);
  expect(new StageGesture(view([box], ["box"]), { x: 900, y: 400 }, none).selected).toEqual([]);
});

test("a moved item snaps to the canvas and shows where; not with ctrl", () => {
  const from = { x: 300, y: 200 };
  const snapped = new StageGesture(view([box]), from, none).drag({ x: 106, y: 225 }, none);
  expect(snapped.transforms.get("box")).toMatchObject({ x: 100, y: 225 });
  expect(snapped.lines).toEqual([{ axis: "x", at: 0 }]);
  const free = new StageGesture(view([box]), from, none).drag({ x: 106, y: 225 }, { ...none, ctrl: true });
  expect(free.transforms.get("box")).toMatchObject({ x: 106, y: 225 });
});

test("a hand that only trembles moves nothing", () => {
  const gesture = new StageGesture(view([box]), { x: 300, y: 200 }, none);
  expect(gesture.drag({ x: 302, y: 201 }, none).transforms.size).toBe(0);
  expect(gesture.moved).toBe(false);
});

test("a corner keeps the aspect, an edge does not, shift the other way round, alt crops", () => {
  const selected = view([box], ["box"]);
  expect(holdAt(selected, { x: 401, y: 249 })).toEqual({ kind: "handle", handle: { x: 1, y: 1 } });
  const drag = (from: { x: number; y: number }, to: { x: number; y: number }, keys = none) =>
    new StageGesture(selected, from, none).drag(to, keys).transforms.get("box");
  expect(drag({ x: 400, y: 250 }, { x: 600, y: 260 })).toMatchObject({ width: 400, height: 200 });
  const free = drag({ x: 400, y: 250 }, { x: 600, y: 280 }, { ...none, shift: true });
  expect(free).toMatchObject({ width: 400, height: 130 });
  expect(drag({ x: 400, y: 200 }, { x: 600, y: 200 })).toMatchObject({ width: 400, height: 100 });
  const cut = drag({ x: 400, y: 200 }, { x: 350, y: 200 }, { ...none, alt: true });
  expect(cut).toMatchObject({ width: 150, x: 275, crop: { right: 0.25 } });
});

test("the knob turns, in steps with shift", () => {
  const selected = view([box], ["box"]);
  const knob = turnKnob(box.transform, 10);
  expect(holdAt(selected, knob)).toEqual({ kind: "turn" });
  const turned = new StageGesture(selected, knob, none).drag({ x: 500, y: 190 }, { ...none, shift: true });
  expect(turned.transforms.get("box")?.rotationDeg).toBe(90);
});

test("a locked item is neither taken nor turned, and a hidden one is not there", () => {
  const locked = item("box", box.transform, { locked: true });
  expect(holdAt(view([locked], ["box"]), { x: 400, y: 250 })).toEqual({ kind: "frame" });
  expect(holdAt(view([item("box", box.transform, { visible: false })]), { x: 300, y: 200 })).toEqual({
    kind: "frame",
  });
});

test("a frame catches what it touches", () => {
  const gesture = new StageGesture(
    view([box, item("far", { x: 900, y: 400, width: 50, height: 50 })]),
    { x: 5, y: 5 },
    none,
  );
  const { frame } = gesture.drag({ x: 250, y: 300 }, none);
  expect(frame && gesture.caught(frame)).toEqual(["box"]);
});
