import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { nalTypeOf, splitAnnexB } from "@footlight/protocols/h264/nal.ts";
import { parseSps } from "@footlight/protocols/h264/sps.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EncodeSettings } from "../src/contract/media-port.ts";
import { filling } from "../src/model/default-document.ts";
import { documentSchema, type StudioDocument } from "../src/model/document.ts";
import type { EnginePage } from "./engine-page/engine-page.ts";

const CANVAS = { width: 640, height: 360, fps: 30 };
const ENCODE: EncodeSettings = {
  ...{ id: "main", width: 640, height: 360, fps: 30, bitrateBps: 1_000_000, keyframeIntervalMs: 500 },
  ...{ encoder: "webcodecs", effort: "balanced", bFrames: false },
};

const collection = (over: Record<string, unknown> = {}): StudioDocument =>
  documentSchema.parse({
    ...{ version: 1, name: "Test", canvas: CANVAS, programmeSceneId: "one" },
    sources: {
      test: { id: "test", name: "Test", settings: { kind: "test-picture" } },
      red: { id: "red", name: "Red", settings: { kind: "colour", colour: "#ff0000" } },
      blue: { id: "blue", name: "Blue", settings: { kind: "colour", colour: "#0000ff" } },
    },
    scenes: [
      { id: "one", name: "One", items: [filling("i", "test", CANVAS)] },
      { id: "two", name: "Two", items: [filling("i", "red", CANVAS)] },
      { id: "three", name: "Three", items: [filling("i", "blue", CANVAS)] },
    ],
    ...over,
  });

export function pictureCases(engineOf: () => EnginePage): void {
  let engine: EnginePage;
  let folder: string;
  const still = (colour: string) => join(folder, `${colour}.png`);
  const film = (name: string) => join(folder, `${name}.mp4`);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "footlight-pictures-"));
    const paint = (colour: string) =>
      promisify(execFile)("ffmpeg", [
        ...["-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", `color=${colour}:s=64x36`],
        ...["-frames:v", "1", still(colour)],
      ]);
    engine = engineOf();
    await Promise.all([paint("red"), paint("blue")]);
    const ffmpeg = (...args: string[]) =>
      promisify(execFile)("ffmpeg", ["-hide_banner", "-loglevel", "error", ...args]);
    await ffmpeg(
      ...["-f", "lavfi", "-i", "color=red:s=64x32:d=2,pad=64:64:0:0:blue", "-c:v", "libx264"],
      ...["-pix_fmt", "yuv420p", film("upright")],
    );
    await ffmpeg("-i", film("upright"), "-c", "copy", "-metadata:s:v", "rotate=180", film("turned"));
    await engine.control({ kind: "document", document: collection() });
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const isRed = ([r = 0, g = 0, b = 0]: readonly number[]) => r > 200 && g < 40 && b < 40;
  const isBlack = (colour: readonly number[]) => Math.max(...colour) < 12;
  const isBlue = ([r = 0, g = 0, b = 0]: readonly number[]) => r < 40 && g < 40 && b > 200;

  /** Each frame once, those left out told, and the first one of each interval, and no other, a keyframe. */
  /** @param gridUs where the encode began */
  async function inOrder(
    pictures: readonly { ptsUs: number; key: boolean }[],
    gridUs: number,
  ): Promise<void> {
    const frames = pictures.map(({ ptsUs }) => Math.round((ptsUs * 30) / 1_000_000));
    const missing = frames.slice(1).map((frame, i) => frame - (frames[i] ?? 0) - 1);
    expect(Math.min(...missing)).toBe(0);
    const told = await engine.page.evaluate(() =>
      held.sent.reduce((sum, message) => sum + (message.kind === "dropped" ? message.frames : 0), 0),
    );
    expect(missing.reduce((sum, frames) => sum + frames, 0)).toBeLessThanOrEqual(told);
    const slots = pictures.map(({ ptsUs }) => Math.floor((ptsUs - gridUs + 2) / 500_000));
    const firsts = slots.slice(1).map((slot, i) => slot !== slots[i]);
    expect(pictures.slice(1).map(({ key }) => key)).toEqual(firsts);
  }

  it("encodes each picture of the grid once, with keyframes exactly each interval", async () => {
    const start = () => engine.media({ kind: "encode", settings: ENCODE });
    const pictures = await engine.sent("picture", 50, start);
    const gridUs = pictures[0]?.ptsUs ?? 0;
    await inOrder(pictures, gridUs);
    const keys = pictures.slice(1).filter(({ key }) => key);
    expect(keys.length).toBeGreaterThanOrEqual(2);
    for (const { data, captureMs } of keys) {
      const nals = splitAnnexB(data);
      expect(nals.map(nalTypeOf).slice(0, 2)).toEqual([7, 8]);
      const { width, height } = parseSps(nals[0] ?? new Uint8Array());
      expect({ width, height }).toEqual({ width: 640, height: 360 });
      expect(Math.abs(Date.now() - captureMs)).toBeLessThan(30_000);
    }
    const slower = () => engine.media({ kind: "bitrate", encode: "main", bitrateBps: 500_000 });
    await inOrder(await engine.sent("picture", 32, slower), gridUs);
    await engine.media({ kind: "stop", encode: "main" });
  });

  it("shows the scene that the document names, by its transition", async () => {
    await engine.control({ kind: "monitor", width: 320, fps: 30 });
    await engine.control({
      ...{ kind: "document", document: collection({ programmeSceneId: "two", transition: { kind: "cut" } }) },
    });
    await engine.shows(0.5, 0.5, isRed);
    const slide = { kind: "slide", durationMs: 400, from: "left" };
    await engine.control({
      ...{ kind: "document", document: collection({ programmeSceneId: "three", transition: slide }) },
    });
    await engine.shows(0.1, 0.5, isBlue);
    await engine.shows(0.99, 0.5, isBlue);
    const fade = { kind: "fade", durationMs: 400 };
    await engine.control({
      ...{ kind: "document", document: collection({ programmeSceneId: "two", transition: fade }) },
    });
    await engine.shows(0.5, 0.5, ([r = 0, , b = 0]) => r > 40 && r < 220 && Math.abs(r + b - 255) < 12);
    await engine.shows(0.5, 0.5, isRed);
  });

  it("places, crops, turns, mixes and hides items", async () => {
    const item = (id: string, sourceId: string, transform: Record<string, unknown>, visible = true) => ({
      ...{ id, sourceId, visible },
      transform: { x: 160, y: 90, width: 320, height: 180, ...transform },
    });
    const show = (...items: unknown[]) =>
      engine.control({
        kind: "document",
        document: collection({ scenes: [{ id: "one", name: "One", items }], transition: { kind: "cut" } }),
      });
    await show(item("a", "red", {}), item("b", "blue", { x: 480 }, false));
    await engine.shows(0.25, 0.25, isRed);
    await engine.shows(0.75, 0.25, isBlack);
    await show(item("a", "red", {}), item("b", "blue", { x: 480 }));
    await engine.shows(0.75, 0.25, isBlue);
    // Turned by a right angle it stands upright about its centre.
    await show(item("a", "red", { x: 320, y: 180, rotationDeg: 90 }));
    await engine.shows(0.5, 0.1, isRed);
    await engine.shows(0.3, 0.5, isBlack);
    await show(item("a", "red", {}), item("b", "blue", { opacity: 0.5 }));
    await engine.shows(0.25, 0.25, ([r = 0, , b = 0]) => Math.abs(r - 128) < 6 && Math.abs(b - 128) < 6);
    await show(item("a", "red", {}), item("b", "blue", { blend: "add" }));
    await engine.shows(0.25, 0.25, ([r = 0, , b = 0]) => r > 250 && b > 250);
    // The bars' third is cyan, and lies on the left after the others are cut off.
    const rest = { left: 2 / 7, right: 0, top: 0.3, bottom: 0.5 };
    await show(item("t", "test", { x: 320, y: 180, width: 640, height: 360, crop: rest }));
    await engine.shows(0.05, 0.4, ([r = 0, g = 0, b = 0]) => r < 40 && g > 150 && b > 150);
    await show(item("t", "test", { x: 320, y: 180, width: 640, height: 360, crop: rest, flipX: true }));
    await engine.shows(0.95, 0.4, ([r = 0, g = 0, b = 0]) => r < 40 && g > 150 && b > 150);
  });

  it("cuts to black or to the safe scene in a panic, and back", async () => {
    await engine.control({ kind: "document", document: collection({ programmeSceneId: "two" }) });
    await engine.shows(0.5, 0.5, isRed);
    await engine.control({ kind: "panic", on: true });
    await engine.shows(0.5, 0.5, isBlack);
    await engine.control({
      ...{ kind: "document", document: collection({ programmeSceneId: "two", safeSceneId: "three" }) },
    });
    await engine.shows(0.5, 0.5, isBlue);
    await engine.control({ kind: "panic", on: false });
    await engine.shows(0.5, 0.5, isRed);
  });

  it("gives ffmpeg's encoders three pictures at a time, repeats the last while they are busy, and says so", async () => {
    const settings = { ...ENCODE, id: "raw", encoder: "libx264", width: 320, height: 180 } as const;
    const all = await engine.sent("raw", 30, () => engine.media({ kind: "encode", settings }));
    const [first, ...rest] = all;
    expect(first?.data).toHaveLength((320 * 180 * 3) / 2);
    // Red, in BT.601.
    expect([first?.data?.[0], first?.data?.[320 * 180], first?.data?.at(-1)]).toEqual([81, 90, 240]);
    // A scene that stands still is sent once. The grid has no hole for a second; then the encoder is too slow.
    expect(rest.every(({ data }) => data === null)).toBe(true);
    const frames = all.map(({ ptsUs }) => Math.round((ptsUs * 30) / 1_000_000));
    expect(frames).toEqual(frames.map((_, i) => (frames[0] ?? 0) + i));
    const dropped = await engine.sent("dropped", 3);
    expect(dropped[0]).toMatchObject({ encode: "raw", cause: "encode", frames: 1 });
    expect(await engine.page.evaluate(() => held.sent.some(({ kind }) => kind === "raw"))).toBe(false);
    await engine.sent("raw", 1, () => engine.media({ kind: "taken", encode: "raw" }));
    await engine.media({ kind: "stop", encode: "raw" });
  });

  it("draws pictures, slideshows, texts, cameras and scenes in scenes, through filters", async () => {
    const filter = (one: object) => [{ id: "f", enabled: true, ...one }];
    const kinds: Record<string, { settings: object; filters?: object[] }> = {
      image: { settings: { kind: "image", path: still("red") } },
      slides: {
        settings: {
          kind: "slideshow",
          paths: [join(folder, "gone"), still("red"), still("blue")],
          everyMs: 400,
          fadeMs: 0,
        },
      },
      text: { settings: { kind: "text", text: "\u2588\u2588", colour: "#ff0000", background: "#0000ff" } },
      nested: { settings: { kind: "scene", sceneId: "two" } },
      camera: { settings: { kind: "camera", deviceId: "default" } },
      keyed: {
        settings: { kind: "colour", colour: "#00ff00" },
        filters: filter({ kind: "chroma-key", colour: "#00ff00", similarity: 0.2, smoothness: 0.1 }),
      },
      turned: {
        settings: { kind: "colour", colour: "#808080" },
        filters: filter({ kind: "colour", brightness: -1, contrast: 0, saturation: 0, hueDeg: 0 }),
      },
      masked: {
        settings: { kind: "image", path: still("red") },
        filters: filter({ kind: "mask", path: still("blue") }),
      },
      missing: { settings: { kind: "image", path: join(folder, "none.png") } },
      film: { settings: { kind: "video", path: film("upright"), loop: true } },
      turnedFilm: { settings: { kind: "video", path: film("turned"), loop: true } },
    };
    const sources = Object.fromEntries(
      Object.entries(kinds).map(([id, { settings, filters = [] }]) => [
        id,
        { id, name: id, settings, filters },
      ]),
    );
    const base = collection();
    const show = (...ids: string[]) =>
      engine.control({
        kind: "document",
        document: collection({
          sources: { ...base.sources, ...sources },
          scenes: [
            ...base.scenes,
            { id: "kinds", name: "K", items: ids.map((id) => filling(id, id, CANVAS)) },
          ],
          ...{ programmeSceneId: "kinds", transition: { kind: "cut" } },
        }),
      });
    await show("blue", "image");
    await engine.shows(0.5, 0.5, isRed);
    await engine.told("source", { id: "image", state: "live", width: 64, height: 36 });
    await engine.told("source", { id: "missing", state: "failed", code: "not_found" });
    await show("slides");
    await engine.shows(0.5, 0.5, isRed);
    await engine.shows(0.5, 0.5, isBlue);
    await show("text");
    await engine.shows(0.01, 0.01, isBlue);
    await engine.shows(0.3, 0.5, isRed);
    await show("blue", "nested");
    await engine.shows(0.5, 0.5, isRed);
    await show("blue", "keyed");
    await engine.shows(0.5, 0.5, isBlue);
    await show("blue", "turned");
    await engine.shows(0.5, 0.5, isBlack);
    // Blue lets about a fourteenth through.
    await show("blue", "masked");
    await engine.shows(0.5, 0.5, ([r = 0, , b = 0]) => r > 8 && r < 40 && b > 200);
    await show("film");
    await engine.shows(0.5, 0.25, isRed);
    await engine.shows(0.5, 0.75, isBlue);
    // A telephone that was held the other way round says so beside the pictures.
    await show("turnedFilm");
    await engine.shows(0.5, 0.25, isBlue);
    await engine.shows(0.5, 0.75, isRed);
    await show("camera");
    await engine.told("source", { id: "camera", state: "live" });
    await engine.shows(0.5, 0.9, (colour) => !isBlack(colour));
  });

  it("keeps the last picture of a camera that is unplugged, says so, and takes it up again when it is back", async () => {
    // Made-up devices cannot be unplugged: their track ends as that of a real one does.
    const unplug = () =>
      engine.page.evaluate(() => {
        held.told = [];
        for (const track of held.tracks) track.stop();
        held.tracks = [];
      });
    const camera = { id: "eye", name: "Eye", settings: { kind: "camera", deviceId: "default" }, filters: [] };
    const scene = { id: "eye", name: "Eye", items: [filling("eye", "eye", CANVAS)] };
    const base = collection();
    await unplug();
    await engine.control({
      kind: "document",
      document: collection({
        ...{ sources: { ...base.sources, eye: camera }, scenes: [...base.scenes, scene] },
        ...{ programmeSceneId: "eye", transition: { kind: "cut" } },
      }),
    });
    await engine.told("source", { id: "eye", state: "live" });
    await engine.shows(0.5, 0.9, (colour) => !isBlack(colour));
    await unplug();
    await engine.told("source", { id: "eye", state: "failed", code: "unplugged" });
    await engine.shows(0.5, 0.9, (colour) => !isBlack(colour));
    await engine.told("source", { id: "eye", state: "live" });
  });
}
