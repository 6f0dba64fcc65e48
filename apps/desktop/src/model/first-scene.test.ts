import { expect, it } from "vitest";
import { apply } from "./apply.ts";
import { defaultDocument } from "./default-document.ts";
import type { StudioDocument } from "./document.ts";
import { type Chosen, firstScene } from "./first-scene.ts";

const canvas = { width: 1280, height: 720, fps: 30 };
const fresh = defaultDocument({ displayId: null, microphoneId: null });
const nothing: Chosen = { camera: null, microphone: null, screen: null };
const camera = { deviceId: "cam", name: "Webcam", width: 640, height: 480, fps: 30 };
const screen = { displayId: "screen:1:0", name: "Screen 1", width: 2560, height: 1600 };
const microphone = { deviceId: "mic", name: "Headset" };

const made = (chosen: Partial<Chosen>, document = fresh): StudioDocument => {
  let ids = 0;
  const commands = firstScene(document, { ...nothing, ...chosen }, canvas, () => `new-${ids++}`);
  return commands.reduce((before, command) => {
    const result = apply(before, command);
    if ("refusal" in result) throw new Error(result.refusal);
    return result.document;
  }, document);
};
const shown = (document: StudioDocument, scene = 0) =>
  document.scenes[scene]?.items.map(({ sourceId, transform: { x, y, width, height } }) => ({
    kind: document.sources[sourceId]?.settings.kind,
    ...{ x, y, width, height },
  }));

it("shows a screen whole, with the camera in its corner and the microphone heard everywhere", () => {
  const document = made({ camera, microphone, screen });
  expect(shown(document)).toEqual([
    { kind: "display", x: 640, y: 360, width: 1152, height: 720 },
    { kind: "camera", x: 1081.6, y: 563.2, width: 332.8, height: 249.6 },
  ]);
  expect(Object.keys(document.sources)).toHaveLength(3);
  expect(document.globalSound.map((id) => document.sources[id]?.name)).toEqual(["Headset"]);
});

it("shows a camera alone as large as it goes, in its own shape and mode", () => {
  const document = made({ camera });
  expect(shown(document)).toEqual([{ kind: "camera", x: 640, y: 360, width: 960, height: 720 }]);
  const [source] = Object.values(document.sources);
  expect(source?.settings).toEqual({ kind: "camera", deviceId: "cam", width: 640, height: 480, fps: 30 });
});

it("leaves the test picture where nothing was chosen, at the new size", () => {
  expect(shown(made({}))).toEqual([{ kind: "test-picture", x: 640, y: 360, width: 1280, height: 720 }]);
  expect(made({ microphone }).globalSound).toHaveLength(1);
});

it("makes a scene beside those that somebody has worked on, and no microphone twice", () => {
  const worked = made({ camera, microphone });
  const again = made({ screen, microphone }, { ...worked, scenes: structuredClone(worked.scenes) });
  expect(again.scenes.map(({ name }) => name)).toEqual(["Scene", "Camera and screen"]);
  expect(shown(again, 1)?.map(({ kind }) => kind)).toEqual(["display"]);
  expect(again.globalSound).toHaveLength(1);
});
