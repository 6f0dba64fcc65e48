import { describe, expect, it } from "vitest";
import { apply } from "./apply.ts";
import { defaultDocument } from "./default-document.ts";
import type { StudioDocument } from "./document.ts";
import { type GuestLayout, layOutGuests } from "./guest-layout.ts";
import { sceneOf } from "./lookup.ts";

let ids = 0;
const newId = () => `id${++ids}`;

function laidOut(document: StudioDocument, layout: GuestLayout, seats: readonly number[]): StudioDocument {
  const scene = sceneOf(document, document.programmeSceneId);
  if (!scene) throw new Error("no scene");
  const commands = layOutGuests(document, { scene, layout, seats, sizeOf: () => null, newId });
  return commands.reduce((before, command) => {
    const applied = apply(before, command);
    if ("refusal" in applied) throw new Error(applied.refusal);
    return applied.document;
  }, document);
}

const guestsIn = (document: StudioDocument) =>
  (sceneOf(document, document.programmeSceneId)?.items ?? []).flatMap(({ sourceId, transform }) => {
    const settings = document.sources[sourceId]?.settings;
    return settings?.kind === "guest" ? [{ seat: settings.seat, transform }] : [];
  });

describe("guests in a scene", () => {
  const empty: StudioDocument = {
    ...defaultDocument({ displayId: null, microphoneId: null }),
    canvas: { width: 1280, height: 720, fps: 30 },
  };

  it("stand in a grid, each wholly in the picture and none on another", () => {
    const places = guestsIn(laidOut(empty, "grid", [1, 2, 3])).map(({ transform }) => transform);
    expect(places).toHaveLength(3);
    for (const [i, a] of places.entries()) {
      expect(a.x - a.width / 2).toBeGreaterThanOrEqual(0);
      expect(a.x + a.width / 2).toBeLessThanOrEqual(1280);
      expect(a.width / a.height).toBeCloseTo(16 / 9, 1);
      for (const b of places.slice(i + 1))
        expect(Math.abs(a.x - b.x) >= a.width || Math.abs(a.y - b.y) >= a.height).toBe(true);
    }
  });

  it("make room for a screen that one of them shares, which is whole", () => {
    const scene = sceneOf(empty, empty.programmeSceneId);
    if (!scene) throw new Error("no scene");
    const wish = {
      scene,
      layout: "screen_share" as const,
      seats: [1, 2],
      screens: [2],
      sizeOf: () => null,
      newId,
    };
    const added = layOutGuests(empty, wish).flatMap((command) =>
      command.kind === "source-add" ? [{ ...command.source, ...command.place?.item.transform }] : [],
    );
    const [screen, ...people] = added;
    expect(added.map(({ name }) => name)).toEqual(["Screen of guest 2", "Guest 1", "Guest 2"]);
    expect(screen).not.toHaveProperty("sound");
    expect((screen?.width ?? 0) / (screen?.height ?? 1)).toBeCloseTo(16 / 9, 5);
    for (const person of people) expect(person.width).toBeLessThan((screen?.width ?? 0) / 2);
  });

  it("are moved, not made twice, and heard by the streamer", () => {
    const once = laidOut(empty, "grid", [1, 2]);
    const twice = laidOut(once, "side_by_side", [1, 2]);
    expect(guestsIn(twice).map(({ seat }) => seat)).toEqual([1, 2]);
    expect(Object.keys(twice.sources)).toEqual(Object.keys(once.sources));
    expect(guestsIn(twice)[0]?.transform.height).toBe(720);
    // A half of the picture is narrower than a camera: its sides are cut off.
    expect(guestsIn(twice)[0]?.transform.crop.left).toBeGreaterThan(0.2);
    const sound = Object.values(twice.sources).find(({ settings }) => settings.kind === "guest")?.sound;
    expect(sound?.monitor).toBe("also");
  });

  it("share it with the host's camera", () => {
    const scene = sceneOf(empty, empty.programmeSceneId);
    if (!scene) throw new Error("no scene");
    const source = {
      id: "cam",
      name: "Camera",
      settings: { kind: "camera" as const, deviceId: "d" },
      filters: [],
    };
    const transform = {
      x: 9,
      y: 9,
      width: 9,
      height: 9,
      rotationDeg: 0,
      flipX: true,
      flipY: false,
      crop: { left: 0, top: 0, right: 0, bottom: 0 },
      opacity: 1,
      blend: "normal" as const,
    };
    const item = { id: "camItem", visible: true, locked: false, transform };
    const applied = apply(empty, { kind: "source-add", source, place: { sceneId: scene.id, item } });
    if ("refusal" in applied) throw new Error(applied.refusal);
    const after = laidOut(applied.document, "picture_in_picture", [1]);
    const own = sceneOf(after, scene.id)?.items.find(({ id }) => id === "camItem")?.transform;
    expect(own).toMatchObject({ x: 640, y: 360, width: 1280, height: 720, flipX: true });
    expect(guestsIn(after)[0]?.transform.width).toBeLessThan(400);
  });
});
