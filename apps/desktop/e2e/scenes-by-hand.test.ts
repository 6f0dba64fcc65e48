import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shows } from "../../web-viewer/e2e/watch-tools.ts";
import type { Item } from "../src/model/document.ts";
import { Studio } from "./launch.ts";

let studio: Studio;
let page: Page;

beforeAll(async () => {
  studio = await Studio.launch();
  page = studio.page;
  await page.getByRole("application").waitFor();
});
afterAll(() => studio?.[Symbol.asyncDispose]());

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

  it("of OBS open beside ours, and a damaged one says so", async () => {
    const path = join(studio.profile, "obs.json");
    const wall = { id: "color_source_v3", name: "Wall", settings: { color: 0xff0000ff } };
    const scene = { id: "scene", name: "Talk", settings: { items: [{ name: "Wall" }] } };
    await writeFile(path, JSON.stringify({ name: "From OBS", sources: [scene, wall] }));
    await studio.app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
    }, path);
    await button("Settings").click();
    await page.getByRole("tab", { name: "Scenes" }).click();
    await button("Import from a file").click();
    await page.getByText("Imported From OBS").waitFor();
    const { all } = await studio.topic("collections");
    const mine = all.find(({ name }) => name === "My scenes")?.id ?? "";
    await writeFile(path, '{"version":1,"name":');
    await button("Import from a file").click();
    await page.getByText("That is no collection of ours and no file of OBS").waitFor();
    expect(await studio.call("collections.open", { id: mine })).toEqual({ fault: null });
    await shows(count, "items").toBe(2);
  });
});
