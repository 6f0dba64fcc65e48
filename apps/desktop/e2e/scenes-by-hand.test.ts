import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../server/src/testing/free-port.ts";
import { shows } from "../../web-viewer/e2e/watch-tools.ts";
import type { Item } from "../src/model/document.ts";
import { RemoteClient } from "../src/testing/remote-client.ts";
import { Studio } from "./launch.ts";

let studio: Studio;
let page: Page;
let remote: RemoteClient;

beforeAll(async () => {
  const port = await freePort();
  const args = ["--server=http://127.0.0.1:9", `--remote-port=${port}`, "--remote-password=correct horse"];
  studio = await Studio.launch({ args });
  page = studio.page;
  await page.getByRole("application").waitFor();
  remote = await RemoteClient.connect(port, "correct horse");
});
afterAll(async () => {
  remote?.close();
  await studio?.[Symbol.asyncDispose]();
});

const button = (name: string | RegExp): Locator => page.getByRole("button", { name, exact: true });
const entry = (name: string): Locator => page.getByRole("menuitem", { name, exact: true });
const items = async (): Promise<Item[]> => {
  const { scenes, programmeSceneId } = await studio.topic("document");
  return scenes.find(({ id }) => id === programmeSceneId)?.items ?? [];
};
const top = async () => (await items()).at(-1);
const count = async () => (await items()).length;

/** A canvas point in the window. */
async function at(x: number, y: number): Promise<readonly [number, number]> {
  const box = await page.getByRole("application").boundingBox();
  if (!box) throw new Error("no stage");
  const { canvas } = await studio.topic("document");
  const scale = (box.width - 40) / canvas.width;
  return [box.x + 20 + x * scale, box.y + 20 + y * scale];
}
async function drag(from: readonly [number, number], to: readonly [number, number], key?: string) {
  await page.mouse.move(...(await at(...from)));
  if (key) await page.keyboard.down(key);
  await page.mouse.down();
  await page.mouse.move(...(await at(...to)), { steps: 4 });
  await page.mouse.up();
  if (key) await page.keyboard.up(key);
}

describe("scenes by hand", () => {
  it("crop what is under the hand, mirrored too, and by figures", async () => {
    await page.mouse.click(...(await at(640, 300)));
    await drag([0, 360], [320, 360], "Alt");
    await shows(async () => (await top())?.transform.crop.left, "what is cut off").toBeCloseTo(0.25, 1);
    expect((await top())?.transform).toMatchObject({ crop: { right: 0, top: 0, bottom: 0 } });
    await page.getByLabel("Cut off left").fill("0");
    await page.keyboard.press("Enter");
    await shows(async () => (await top())?.transform, "the place").toMatchObject({
      ...{ x: 640, width: 1280, crop: { left: 0 } },
    });
    await page.mouse.click(...(await at(640, 300)), { button: "right" });
    await entry("Mirror left and right").click();
    await drag([0, 360], [320, 360], "Alt");
    await shows(async () => (await top())?.transform.crop.right, "what is cut off").toBeCloseTo(0.25, 1);
    for (let step = 0; step < 4; step++) await button(/^Undo /).click();
    await shows(async () => (await top())?.transform, "the place").toMatchObject({
      ...{ flipX: false, crop: { left: 0, right: 0 } },
    });
  });

  it("copy, paste and duplicate by keyboard, each as one step of undo", async () => {
    await page.getByRole("application").focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Control+c");
    await page.keyboard.press("Control+v");
    await shows(count, "items").toBe(2);
    const [one, other] = await items();
    expect(other).toMatchObject({ sourceId: one?.sourceId, transform: { x: 664, y: 384 } });
    await page.keyboard.press("Control+d");
    await shows(count, "items").toBe(3);
    expect((await top())?.sourceId).not.toBe(one?.sourceId);
    await page.keyboard.press("Control+z");
    await shows(count, "items").toBe(2);
    await page.keyboard.press("Control+z");
    await shows(count, "items").toBe(1);
  });

  it("work on several at once, by mouse and keyboard", async () => {
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Control+d");
    await shows(count, "items").toBe(2);
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Shift+ArrowLeft");
    await shows(async () => (await items()).map(({ transform }) => transform.x), "places").toEqual([
      630, 654,
    ]);
    await page.mouse.click(...(await at(640, 300)), { button: "right" });
    await page.getByRole("menuitemcheckbox", { name: "Locked" }).click();
    await shows(async () => (await items()).every(({ locked }) => locked), "locked").toBe(true);
    await drag([640, 300], [300, 300]);
    await page.keyboard.press("Control+z");
    await shows(async () => (await items()).some(({ locked }) => locked), "locked").toBe(false);
    expect((await items()).map(({ transform }) => transform.x)).toEqual([630, 654]);
  });
});

describe("scene collections", () => {
  it("are made, switched, renamed and removed", async () => {
    const names = async () => (await studio.topic("collections")).all.map(({ name }) => name);
    await button("Scene collection: My scenes").click();
    await entry("New collection").click();
    await button("Scene collection: New collection").waitFor();
    await shows(count, "items").toBe(1);
    await button("Settings").click();
    await page.getByRole("tab", { name: "Scenes" }).click();
    await page.getByLabel("Name of this collection").fill("Talk");
    await page.keyboard.press("Tab");
    await shows(names, "collections").toEqual(["My scenes", "Talk"]);
    await page.getByLabel("Scene collection", { exact: true }).selectOption("My scenes");
    await shows(count, "items").toBe(2);
    await page.getByLabel("Scene collection", { exact: true }).selectOption("Talk");
    await shows(count, "items").toBe(1);
    await button("Remove").click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
    await shows(names, "collections").toEqual(["My scenes"]);
    await page.keyboard.press("Escape");
  });
});

describe("a bot", () => {
  const sizeOf = async (name: string) => {
    const { sources } = await studio.topic("document");
    const source = Object.values(sources).find((each) => each.name === name);
    return (await items()).find(({ sourceId }) => sourceId === source?.id)?.transform;
  };
  const done = async (type: string, data: Record<string, unknown>) => {
    const answer = await remote.request(type, data);
    expect([type, answer.code]).toEqual([type, 100]);
    return answer.data;
  };

  it("writes a text, which is as wide as its letters", async () => {
    // As small as a machine without a GPU likes it.
    await done("SetVideoSettings", { baseWidth: 320, baseHeight: 180 });
    const text = { sceneName: "Scene", inputName: "Score", inputKind: "text_ft2_source_v2" };
    await done("CreateInput", { ...text, inputSettings: { text: "1", font: { face: "Inter", size: 20 } } });
    await shows(async () => (await sizeOf("Score"))?.width, "its width").toBeLessThan(50);
    const before = await sizeOf("Score");
    await done("SetInputSettings", { inputName: "Score", inputSettings: { text: "1 : 2000" } });
    await shows(async () => (await sizeOf("Score"))?.width, "its width").toBeGreaterThan(
      (before?.width ?? 0) * 3,
    );
    expect((await sizeOf("Score"))?.height).toBeCloseTo(before?.height ?? 0, 0);
  });

  it("gets a picture of a scene that nobody sees", async () => {
    await done("CreateScene", { sceneName: "Unseen" });
    const wall = { sceneName: "Unseen", inputName: "Wall", inputKind: "color_source_v3" };
    await done("CreateInput", { ...wall, inputSettings: { color: 0xff0000ff, width: 160, height: 180 } });
    const shot = { sourceName: "Unseen", imageFormat: "png", imageWidth: 64 };
    const { imageData } = await done("GetSourceScreenshot", shot);
    const pixels = await page.evaluate(async (url) => {
      const picture = Object.assign(new Image(), { src: url });
      await picture.decode();
      const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
      context?.drawImage(picture, 0, 0);
      const at = (x: number) => [...(context?.getImageData(x, 18, 1, 1).data ?? [])];
      return { size: [picture.width, picture.height], left: at(10), right: at(50) };
    }, String(imageData));
    expect(pixels).toEqual({ size: [64, 36], left: [255, 0, 0, 255], right: [0, 0, 0, 0] });
  });
});
