import { beforeEach, describe, expect, test } from "vitest";
import { apply } from "./apply.ts";
import { type Command, commandSchema, type Refusal } from "./commands.ts";
import { defaultDocument, filling } from "./default-document.ts";
import { documentSchema, type Source, type StudioDocument, soundSchema } from "./document.ts";

let document: StudioDocument;
const canvas = { width: 1280, height: 720, fps: 30 };
const { sourceId: _, ...place } = filling("item-2", "", canvas);
const colour = (id: string, name = id): Source => ({
  id,
  name,
  settings: { kind: "colour", colour: "#102030" },
  filters: [],
});
const shows = (id: string, sceneId: string): Source => ({
  ...colour(id),
  settings: { kind: "scene", sceneId },
});

/** Does it, and holds that what came out is a whole document. */
const done = (command: Command): StudioDocument => {
  const result = apply(document, commandSchema.parse(command));
  if ("refusal" in result) throw new Error(`refused: ${result.refusal}`);
  document = documentSchema.parse(result.document);
  return document;
};
const refused = (command: Command): Refusal | null => {
  const result = apply(document, command);
  return "refusal" in result ? result.refusal : null;
};

beforeEach(() => {
  document = defaultDocument({ displayId: null, microphoneId: "default" });
});

describe("scenes", () => {
  test("are added with a name of their own and copied with their items", () => {
    done({ kind: "scene-add", sceneId: "b", name: "Scene" });
    done({ kind: "scene-add", sceneId: "c", name: "Copy", copyOf: "scene" });
    expect(document.scenes.map((scene) => scene.name)).toEqual(["Scene", "Copy", "Scene 2"]);
    expect(document.scenes[1]?.items[0]).toMatchObject({ id: "c.0", sourceId: "test-picture" });
  });

  test("go with all that pointed to them", () => {
    done({ kind: "scene-add", sceneId: "b", name: "B" });
    done({ kind: "source-add", source: colour("red"), place: { sceneId: "b", item: place } });
    done({ kind: "source-add", source: shows("nested", "b"), place: { sceneId: "scene", item: place } });
    done({ kind: "hotkey", action: "scene:b", accelerator: "F2" });
    done({ kind: "safe-scene", sceneId: "b" });
    done({ kind: "programme", sceneId: "b" });
    done({ kind: "scene-remove", sceneId: "b" });
    expect(document).toMatchObject({ programmeSceneId: "scene", safeSceneId: null, hotkeys: {} });
    expect(Object.keys(document.sources).sort()).toEqual(["microphone", "test-picture"]);
    expect(document.scenes[0]?.items).toHaveLength(1);
  });

  test("the last one stays", () => {
    expect(refused({ kind: "scene-remove", sceneId: "scene" })).toBe("last_scene");
  });

  test("studio mode prepares a scene and takes it", () => {
    expect(refused({ kind: "take" })).toBe("no_preview");
    done({ kind: "scene-add", sceneId: "b", name: "B" });
    expect(done({ kind: "studio-mode", on: true }).previewSceneId).toBe("scene");
    done({ kind: "preview", sceneId: "b" });
    done({ kind: "take" });
    expect(document).toMatchObject({ programmeSceneId: "b", previewSceneId: "scene" });
    expect(done({ kind: "studio-mode", on: false }).previewSceneId).toBeNull();
  });

  test("never come to show themselves", () => {
    done({ kind: "scene-add", sceneId: "b", name: "B" });
    done({ kind: "scene-add", sceneId: "c", name: "C" });
    const item = { ...place, id: "nested" };
    done({ kind: "source-add", source: shows("to-c", "c"), place: { sceneId: "b", item } });
    done({ kind: "source-add", source: shows("to-b", "b"), place: { sceneId: "scene", item } });
    const back = { source: shows("back", "scene"), place: { sceneId: "c", item } };
    expect(refused({ kind: "source-add", ...back })).toBe("scene_cycle");
    const turned: Command = {
      kind: "source-settings",
      sourceId: "to-c",
      settings: { kind: "scene", sceneId: "scene" },
    };
    expect(refused(turned)).toBe("scene_cycle");
    expect(refused({ kind: "item-add", sceneId: "c", item: { ...item, sourceId: "to-b" } })).toBe(
      "scene_cycle",
    );
  });
});

describe("sources and items", () => {
  test("a source lies on top, under a name that nothing else has", () => {
    done({ kind: "source-add", source: colour("a", "Microphone"), place: { sceneId: "scene", item: place } });
    expect(document.sources["a"]?.name).toBe("Microphone 2");
    expect(document.scenes[0]?.items.map((item) => item.sourceId)).toEqual(["test-picture", "a"]);
  });

  test("a source goes with its last item and stays with another one", () => {
    done({ kind: "scene-add", sceneId: "b", name: "B", copyOf: "scene" });
    done({ kind: "items-remove", sceneId: "scene", itemIds: ["item"] });
    expect(document.sources["test-picture"]).toBeDefined();
    done({ kind: "items-remove", sceneId: "b", itemIds: ["b.0"] });
    expect(document.sources["test-picture"]).toBeUndefined();
    expect(document.sources["microphone"]).toBeDefined();
  });

  test("order, visibility, lock and transform change what was meant and nothing else", () => {
    done({ kind: "source-add", source: colour("a"), place: { sceneId: "scene", item: place } });
    done({ kind: "item-move", sceneId: "scene", itemId: "item-2", index: 0 });
    done({ kind: "item-visible", sceneId: "scene", itemId: "item", visible: false });
    done({ kind: "item-locked", sceneId: "scene", itemId: "item", locked: true });
    const transform = { ...place.transform, x: 5, rotationDeg: 30 };
    const before = document.scenes[0]?.items[1];
    done({ kind: "items-transform", sceneId: "scene", items: [{ itemId: "item-2", transform }] });
    expect(document.scenes[0]?.items).toMatchObject([
      { id: "item-2", transform: { x: 5, rotationDeg: 30 }, visible: true },
      { id: "item", visible: false, locked: true },
    ]);
    expect(document.scenes[0]?.items[1]).toEqual(before);
  });

  test("the mixer changes only what it names", () => {
    done({ kind: "sound", sourceId: "microphone", change: { volumeDb: -6 } });
    done({ kind: "sound", sourceId: "microphone", change: { muted: true } });
    expect(document.sources["microphone"]?.sound).toEqual({
      ...soundSchema.parse({}),
      volumeDb: -6,
      muted: true,
    });
    expect(refused({ kind: "sound", sourceId: "test-picture", change: { muted: true } })).toBe("other_kind");
  });

  test("a global sound that is in no scene goes when it is no longer global", () => {
    expect(
      done({ kind: "global-sound", sourceId: "microphone", on: false }).sources["microphone"],
    ).toBeUndefined();
  });

  test("what is not there is refused", () => {
    expect(refused({ kind: "scene-rename", sceneId: "x", name: "X" })).toBe("unknown_scene");
    expect(refused({ kind: "source-remove", sourceId: "x" })).toBe("unknown_source");
    expect(refused({ kind: "items-remove", sceneId: "scene", itemIds: ["item", "x"] })).toBe("unknown_item");
    expect(refused({ kind: "scene-add", sceneId: "scene", name: "X" })).toBe("id_taken");
    const settings = { kind: "image", path: "/a.png" } as const;
    expect(refused({ kind: "source-settings", sourceId: "test-picture", settings })).toBe("other_kind");
  });
});

test("a new canvas takes the items along without distorting them", () => {
  done({ kind: "canvas", canvas: { width: 640, height: 720, fps: 60 }, scaleItems: true });
  expect(document.scenes[0]?.items[0]?.transform).toMatchObject({ x: 320, y: 360, width: 640, height: 360 });
});

test("a key does one thing and a thing has one key", () => {
  done({ kind: "hotkey", action: "panic", accelerator: "F9" });
  expect(refused({ kind: "hotkey", action: "scene:scene", accelerator: "F9" })).toBe("key_taken");
  done({ kind: "hotkey", action: "panic", accelerator: "F10" });
  expect(document.hotkeys).toEqual({ F10: "panic" });
  expect(done({ kind: "hotkey", action: "panic", accelerator: null }).hotkeys).toEqual({});
});
