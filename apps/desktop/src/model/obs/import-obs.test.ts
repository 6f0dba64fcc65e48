import { describe, expect, test } from "vitest";
import { importObs } from "./import-obs.ts";

const canvas = { width: 1920, height: 1080, fps: 30 };
const capturable = { displayId: "7", microphoneId: "default" };

const item = (name: string, part: object = {}) => ({
  name,
  visible: true,
  locked: false,
  rot: 0,
  pos: { x: 0, y: 0 },
  scale: { x: 1, y: 1 },
  align: 5,
  bounds_type: 0,
  bounds_align: 0,
  bounds: { x: 0, y: 0 },
  ...part,
});
const scene = (name: string, items: object[]) => ({ id: "scene", name, settings: { items } });

const collection = {
  name: "Talk show",
  current_program_scene: "Main",
  scene_order: [{ name: "Start" }, { name: "Main" }],
  current_transition: "Swipe",
  transition_duration: 700,
  transitions: [{ id: "slide_transition", name: "Swipe", settings: { direction: "left" } }],
  AuxAudioDevice1: {
    id: "pulse_input_capture",
    name: "Mic/Aux",
    volume: 0.5,
    muted: true,
    balance: 0.75,
    sync: 120_000_000,
    mixers: 5,
    monitoring_type: 2,
    flags: 2,
    filters: [
      { id: "compressor_filter", name: "Compressor", settings: { ratio: 4 } },
      { id: "vst_filter", name: "My plug-in" },
    ],
  },
  sources: [
    scene("Main", [
      item("Desk"),
      item("Box", { pos: { x: 100, y: 50 }, scale: { x: 0.5, y: 0.25 }, rot: 90, locked: true }),
      item("Start"),
      item("Plug-in"),
      item("Web", {
        visible: false,
        pos: { x: 960, y: 540 },
        align: 0,
        scale: { x: -1, y: 1 },
        blend_type: "additive",
      }),
    ]),
    scene("Start", [
      item("Logo", { bounds_type: 2, bounds: { x: 400, y: 400 }, pos: { x: 0, y: 0 } }),
      item("Box", { crop_left: 480, crop_bottom: 270 }),
    ]),
    { id: "xshm_input", name: "Desk", settings: { show_cursor: false } },
    { id: "color_source_v3", name: "Box", settings: { color: 0xff332211, width: 1920, height: 1080 } },
    { id: "image_source", name: "Logo", settings: { file: "/logo.png" } },
    { id: "some_plugin_source", name: "Plug-in", settings: {} },
    {
      id: "browser_source",
      name: "Web",
      settings: { url: "https://example.org", width: 640, height: 480, shutdown: true },
      filters: [{ id: "chroma_key_filter_v2", name: "Key", settings: { similarity: 500 } }],
    },
  ],
};

const imported = () => {
  const result = importObs(collection, canvas, capturable);
  if (!result) throw new Error("not read");
  return result;
};
const itemsOf = (name: string) => {
  const { document } = imported();
  return (document.scenes.find((one) => one.name === name)?.items ?? []).map((one) => ({
    ...one,
    name: document.sources[one.sourceId]?.name ?? "",
  }));
};

describe("a collection of OBS", () => {
  test("keeps names, order, what is on air and how scenes change", () => {
    const { document } = imported();
    expect(document.name).toBe("Talk show");
    expect(document.scenes.map((one) => one.name)).toEqual(["Start", "Main"]);
    expect(document.scenes.find((one) => one.id === document.programmeSceneId)?.name).toBe("Main");
    expect(document.transition).toEqual({ kind: "slide", durationMs: 700, from: "right" });
  });

  test("maps what has a counterpart, the lowest item first, and lists the rest", () => {
    expect(itemsOf("Main").map((one) => one.name)).toEqual(["Desk", "Box", "Start", "Web"]);
    expect(imported().unmatched).toEqual([
      "“Plug-in” (some_plugin_source)",
      "Filter “My plug-in” of “Mic/Aux”",
    ]);
    const sources = Object.values(imported().document.sources);
    expect(sources.find((one) => one.name === "Desk")?.settings).toEqual({
      kind: "display",
      displayId: "7",
    });
    expect(sources.find((one) => one.name === "Box")?.settings).toEqual({
      kind: "colour",
      colour: "#112233",
    });
    expect(sources.find((one) => one.name === "Web")?.filters).toMatchObject([
      { kind: "chroma-key", colour: "#00ff00", similarity: 0.5 },
    ]);
  });

  test("turns places around the point that OBS aligns by", () => {
    const box = itemsOf("Main")[1];
    // 960 x 270 with its top left corner at 100, 50, turned a quarter clockwise about it.
    expect(box).toMatchObject({ locked: true, transform: { width: 960, height: 270, rotationDeg: 90 } });
    expect(box?.transform.x).toBeCloseTo(100 - 135, 6);
    expect(box?.transform.y).toBeCloseTo(50 + 480, 6);
  });

  test("mirrors, hides and blends", () => {
    expect(itemsOf("Main")[3]).toMatchObject({
      visible: false,
      transform: { x: 960, y: 540, width: 640, height: 480, flipX: true, flipY: false, blend: "add" },
    });
  });

  test("fits into bounds and cuts off in shares of the source", () => {
    const [logo, box] = itemsOf("Start");
    expect(logo?.transform).toMatchObject({ x: 200, y: 200, width: 400, height: 225 });
    expect(box?.transform).toMatchObject({ crop: { left: 0.25, bottom: 0.25, right: 0, top: 0 } });
    expect(box?.transform).toMatchObject({ width: 1440, height: 810, x: 720, y: 405 });
  });

  test("takes over how things sound", () => {
    const { document } = imported();
    const microphone = document.sources[document.globalSound[0] ?? ""];
    expect(microphone).toMatchObject({ name: "Mic/Aux", settings: { kind: "microphone" } });
    expect(microphone?.sound).toMatchObject({
      volumeDb: -6,
      muted: true,
      pan: 0.5,
      offsetMs: 120,
      tracks: [1, 3],
      monitor: "also",
      mono: true,
      filters: [{ kind: "compressor", ratio: 4, thresholdDb: -18 }],
    });
  });
});

test("a scene that shows itself is let go, and what is no collection is not taken for one", () => {
  const loop = { name: "Loop", sources: [scene("A", [item("B")]), scene("B", [item("A"), item("B")])] };
  const scenes = importObs(loop, canvas, capturable)?.document.scenes;
  expect(scenes?.map((one) => one.items.length)).toEqual([1, 0]);
  for (const other of [null, [], {}, { sources: [] }, { sources: [{ id: "image_source", name: "x" }] }])
    expect(importObs(other, canvas, capturable)).toBeNull();
});
