import { describe, expect, it } from "vitest";
import {
  attach,
  close,
  defaultLayout,
  detach,
  isDocked,
  type Layout,
  layoutSchema,
  move,
  placeOf,
  readLayout,
  resetLayout,
  shareOut,
  show,
} from "./layout.ts";
import { type DockName, PANEL_IDS } from "./panels.ts";

const stacks = (layout: Layout, dock: DockName) =>
  layout.docks[dock].stacks.map(({ panels }) => panels.join("+"));
const first = defaultLayout();

/** Every panel once, every front tab one of its stack's. */
const whole = (layout: Layout): Layout => {
  expect(layoutSchema.parse(layout)).toEqual(layout);
  const all = (["left", "right", "bottom"] as const).flatMap((dock) => layout.docks[dock].stacks);
  expect(all.flatMap(({ panels }) => panels).toSorted()).toEqual([...PANEL_IDS].toSorted());
  for (const stack of all) expect(stack.panels).toContain(stack.active);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  return layout;
};

describe("a kept layout", () => {
  it.each([undefined, null, 7, [], {}, { ...first, version: 2 }, { ...first, docks: {} }])(
    "is a fresh one instead of %j",
    (read) => {
      expect(readLayout(read)).toEqual(first);
    },
  );

  it("is taken back as it was", () => {
    const moved = detach(move(first, "scenes", { dock: "right" }), "mixer");
    expect(whole(readLayout(JSON.parse(JSON.stringify(moved))))).toEqual(moved);
  });

  it("loses panels that do not exist, twins and empty stacks, and gets the panels that it lacks", () => {
    const read = structuredClone(first) as unknown as {
      docks: Record<DockName, { size: null; stacks: object[] }>;
      closed: string[];
    };
    read.docks.left.stacks = [
      { id: "a", panels: ["gone", "mixer"], active: "gone", share: 1 },
      { id: "b", panels: ["gone"], active: "gone", share: 1 },
      { id: "c", panels: ["mixer", "sources"], active: "mixer", share: 1 },
    ];
    read.closed = ["gone", "sources"];
    const layout = whole(readLayout(read));
    expect(layout.docks.left.stacks.slice(0, 2)).toEqual([
      { id: "a", panels: ["mixer"], active: "mixer", share: 1 },
      { id: "c", panels: ["sources"], active: "sources", share: 1 },
    ]);
    expect(layout.closed).toEqual(["sources"]);
    expect(placeOf(layout, "scenes").dock).toBe("left");
  });
});

describe("a panel", () => {
  it("is moved to the end of a dock, beside a stack, or into it", () => {
    expect(stacks(first, "left").slice(0, 2)).toEqual(["scenes", "sources"]);
    const atRight = stacks(first, "right");
    const right = whole(move(first, "scenes", { dock: "right" }));
    expect(stacks(right, "right")).toEqual([...atRight, "scenes"]);
    const target = placeOf(right, "properties").stack.id;
    const before = whole(move(right, "scenes", { stackId: target, as: "before" }));
    expect(stacks(before, "right")).toEqual(["scenes", ...atRight]);
    const tabs = whole(move(before, "scenes", { stackId: target, as: "tab" }));
    expect(placeOf(tabs, "scenes").stack).toMatchObject({
      panels: ["properties", "scenes"],
      active: "scenes",
    });
    const apart = whole(move(tabs, "scenes", { stackId: target, as: "after" }));
    expect(stacks(apart, "right")).toEqual(["properties", "scenes", ...atRight.slice(1)]);
  });

  it("takes as much room as its new neighbours, whatever numbers splitters left them", () => {
    const { id } = placeOf(first, "mixer").stack;
    const beside = move(shareOut(first, { [id]: 100 }), "scenes", { dock: "bottom" });
    expect(placeOf(beside, "scenes").stack.share).toBe(100);
    const read = JSON.parse(
      JSON.stringify(
        shareOut(first, {
          [placeOf(first, "scenes").stack.id]: 40,
          [placeOf(first, "sources").stack.id]: 60,
        }),
      ),
    );
    read.docks.left.stacks = read.docks.left.stacks.slice(0, 2);
    expect(placeOf(readLayout(read), "audience").stack.share).toBe(40);
  });

  it("stays where it is when it is put onto itself or beside what is gone", () => {
    const { id } = placeOf(first, "scenes").stack;
    for (const as of ["tab", "before", "after"] as const)
      expect(move(first, "scenes", { stackId: id, as })).toEqual(first);
    expect(move(first, "scenes", { stackId: "gone", as: "tab" })).toEqual(first);
  });

  it("comes back to its place after it was closed or detached", () => {
    const gone = whole(close(detach(first, "sources"), "sources"));
    expect(isDocked(gone, "sources")).toBe(false);
    expect(gone.detached).toEqual([]);
    expect(show(gone, "sources")).toEqual(first);
    expect(attach(detach(first, "sources"), "sources")).toEqual(first);
    expect(isDocked(move(gone, "sources", { dock: "bottom" }), "sources")).toBe(true);
  });
});

it("keeps shares of the stacks that are named, and forgets all of it when it is set back", () => {
  const { id } = placeOf(first, "scenes").stack;
  const shared = shareOut(first, { [id]: 70 });
  expect(placeOf(shared, "scenes").stack.share).toBe(70);
  expect(placeOf(shared, "sources").stack.share).toBe(placeOf(first, "sources").stack.share);
  expect(resetLayout(shared)).toEqual({ ...first, generation: 1 });
});
