import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probePackets } from "../../server/src/testing/hls-client.ts";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { Axe } from "../../web-viewer/e2e/axe.ts";
import { watchFrames } from "../../web-viewer/e2e/chromium.ts";
import { House } from "../../web-viewer/e2e/house.ts";
import { shows } from "../../web-viewer/e2e/watch-tools.ts";
import { type Item, soundSchema } from "../src/model/document.ts";
import { chaptersOf } from "../src/testing/chapters-of.ts";
import { Studio } from "./launch.ts";

const SIZES = [
  { width: 1440, height: 860 },
  { width: 1024, height: 700 },
];
const SMALL = SIZES.slice(1);

let house: House;
let studio: Studio;
let page: Page;
let axe: Axe;

beforeAll(async () => {
  [house, studio, axe] = await Promise.all([House.open(), Studio.launch(), Axe.read()]);
  page = studio.page;
  await RestClient.signUp(house.server.url, "mira");
  const account = { server: house.server.url, username: "mira", password: "correct horse mira" };
  expect(await studio.call("account.sign-in", account)).toEqual({ fault: null });
});
afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

const button = (name: string): Locator => page.getByRole("button", { name, exact: true });
const items = async (): Promise<Item[]> => {
  const document = await studio.topic("document");
  const edited = document.previewSceneId ?? document.programmeSceneId;
  return document.scenes.find((scene) => scene.id === edited)?.items ?? [];
};
const topTransform = async () => (await items()).at(-1)?.transform;

/** Colour of the middle of a monitor, as the window shows it. */
const middle = (view: "programme" | "preview") => async () =>
  page.evaluate((name) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-view="${name}"]`);
    const pixel = canvas?.getContext("2d")?.getImageData(canvas.width / 2, canvas.height * 0.55, 1, 1).data;
    return [...(pixel ?? [])].slice(0, 3);
  }, view);

describe("the stage", () => {
  it("shows the picture that is composed", async () => {
    // The test picture's turning hand lies on a dark disc, and a bar beside it is green.
    await shows(
      () => page.locator("canvas[data-view=programme]").evaluate((it) => (it as HTMLCanvasElement).width),
      "width",
    ).toBeGreaterThan(320);
    await shows(middle("programme"), "the middle").not.toEqual([0, 0, 0]);
  });

  it("takes a new source by keyboard alone", async () => {
    await button("Add source").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Colour", exact: true }).press("Enter");
    await page.getByLabel("Name", { exact: true }).fill("Backdrop");
    await page.keyboard.press("Enter");
    await shows(() => items().then((all) => all.length), "items").toBe(2);
    await button("Backdrop").waitFor();
  });

  it("is worked on by hand: a corner is pulled, the item moved until it snaps, and keys nudge it", async () => {
    const stage = page.getByRole("application");
    const box = await stage.boundingBox();
    if (!box) throw new Error("no stage");
    const { canvas } = await studio.topic("document");
    const scale = (box.width - 40) / canvas.width;
    const at = (x: number, y: number) => [box.x + 20 + x * scale, box.y + 20 + y * scale] as const;
    const drag = async (from: readonly [number, number], to: readonly [number, number]) => {
      await page.mouse.move(...from);
      await page.mouse.down();
      await page.mouse.move(...to, { steps: 5 });
      await page.mouse.up();
    };
    await drag(at(canvas.width, canvas.height), at(canvas.width / 2 + 90, canvas.height / 2 + 50));
    await shows(async () => (await topTransform())?.width, "width").toBeLessThan(canvas.width * 0.6);
    const small = await topTransform();
    expect((small?.width ?? 0) / (small?.height ?? 1)).toBeCloseTo(canvas.width / canvas.height, 3);

    // Nearly in the middle: it goes there.
    await drag(
      at(200, 100),
      at(200 + canvas.width / 2 - (small?.x ?? 0) + 4, 100 + canvas.height / 2 - (small?.y ?? 0) - 3),
    );
    // Snapping counts in the window's pixels, of which a canvas pixel is a fraction.
    const near = (value: number) => expect.closeTo(value, 6);
    await shows(topTransform, "place").toMatchObject({
      x: near(canvas.width / 2),
      y: near(canvas.height / 2),
    });

    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowDown");
    await shows(topTransform, "place").toMatchObject({
      x: near(canvas.width / 2 + 1),
      y: near(canvas.height / 2 + 10),
    });
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    await shows(topTransform, "place").toMatchObject({
      x: near(canvas.width / 2),
      y: near(canvas.height / 2),
    });
    await shows(middle("programme"), "the middle").toEqual([0x3a, 0x2d, 0x25]);
  });

  it("takes away and gives back", async () => {
    await page.keyboard.press("Delete");
    await shows(() => items().then((all) => all.length), "items").toBe(1);
    await page.getByText("Source removed").waitFor();
    await button("Undo").click();
    await shows(() => items().then((all) => all.length), "items").toBe(2);
  });

  it("is put into another order by dragging rows and by keyboard", async () => {
    const row = (name: string) => page.getByRole("listitem").filter({ has: button(name) });
    const order = async () => (await items()).map((item) => item.sourceId);
    const before = await order();
    await row("Backdrop").dragTo(row("Test picture"), { targetPosition: { x: 40, y: 30 } });
    await shows(order, "the order").toEqual(before.toReversed());
    await button("Backdrop").press("Alt+ArrowUp");
    await shows(order, "the order").toEqual(before);
  });

  it("is clear to everybody, dark and light, wide and narrow", async () => {
    await button("Backdrop").click();
    await axe.expectClean(page, "the control room", SIZES);
    await button("Settings").click();
    await page.getByRole("tab", { name: "Picture and sound" }).click();
    await axe.expectClean(page, "the settings", SMALL);
    await page.getByRole("radio", { name: /^Light/ }).click();
    await shows(async () => (await studio.topic("document")).canvas.height, "canvas").toBe(360);
    await page.keyboard.press("Escape");
  });
});

describe("studio mode", () => {
  it("prepares a scene unseen and takes it with a transition", async () => {
    await button("Studio mode").click();
    await button("Add scene").click();
    await page.keyboard.type("Break");
    await page.keyboard.press("Enter");
    await button("Break").click();
    await shows(middle("preview"), "the preview").toEqual([0, 0, 0]);
    await shows(middle("programme"), "the programme").toEqual([0x3a, 0x2d, 0x25]);
    await button("Take").click();
    await shows(middle("programme"), "the programme").toEqual([0, 0, 0]);
    await button("Take").click();
    await button("Studio mode").click();
    await shows(async () => (await studio.topic("document")).previewSceneId, "preview").toBeNull();
    await button("Hide Backdrop").click();
  });
});

describe("on air", () => {
  it("rehearses unseen, is made public with one click, and the picture of now is seen in a browser", async () => {
    await button("Go live").click();
    await page.getByLabel("Title").fill("Live from the studio");
    await axe.expectClean(page, "the go-live sheet", SMALL);
    await page.getByRole("switch", { name: /^Dress rehearsal/ }).click();
    await button("Begin the rehearsal").click();
    const bar = page.locator(".status-bar");
    await bar.getByText("On air", { exact: true }).waitFor();
    await bar.getByText("Rehearsal: only you see it").waitFor();
    const listed = async () => (await fetch(`${house.server.url}/api/v1/streams`)).text();
    expect(await listed()).not.toContain("Live from the studio");
    // The server wants a first picture of it before.
    await shows(async () => {
      await button("Make it public")
        .click({ timeout: 500 })
        .catch(() => undefined);
      return await button("Make it public").count();
    }, "buttons to make it public").toBe(0);
    await shows(listed, "the list of streams").toContain("Live from the studio");
    const { page: viewer } = await house.visit("/mira");
    await viewer.getByText("Live from the studio").first().waitFor();
    await viewer.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0, undefined, {
      timeout: 20_000,
    });
    const made: number[] = [];
    // A machine that is too busy for more shows a frame now and then.
    await shows(async () => {
      made.push(...(await watchFrames(viewer, 1_500)).map(({ madeAtMs }) => madeAtMs));
      return new Set(made).size;
    }, "pictures that were seen").toBeGreaterThan(5);
    expect(made).toEqual([...made].sort((a, b) => a - b));
  });

  it("is called otherwise while it goes on", async () => {
    await button("Change title, category and tags").click();
    const sheet = page.getByRole("dialog");
    await sheet.getByLabel("Title").fill("Now with glaze");
    await sheet.getByLabel("Tags").fill("clay, <no tag>");
    expect(await button("Save").isDisabled()).toBe(true);
    await sheet.getByLabel("Tags").fill("Clay, wheel");
    await button("Save").click();
    const listed = async () => (await fetch(`${house.server.url}/api/v1/streams`)).text();
    await shows(listed, "the list of streams").toMatch(/Now with glaze.*"clay","wheel"/);
  });

  it("lets a source be heard while its button is held", async () => {
    const sound = soundSchema.parse({ talkKey: "push" });
    const settings = { kind: "microphone", deviceId: "default" } as const;
    const source = { id: "desk", name: "Desk", filters: [], settings, sound };
    await studio.call("document.do", { command: { kind: "source-add", source }, gesture: null });
    const talk = button("Talk: Desk");
    const lufs = async () => (await studio.topic("levels")).find(({ id }) => id === "desk")?.lufs;
    await shows(lufs, "its level").toBeLessThan(-70);
    await talk.hover();
    await page.mouse.down();
    await shows(() => talk.getAttribute("aria-pressed"), "the button").toBe("true");
    await shows(lufs, "its level").toBeGreaterThan(-60);
    await page.mouse.up();
    await shows(() => talk.getAttribute("aria-pressed"), "the button").toBe("false");
    await shows(lufs, "its level").toBeLessThan(-70);
  });

  it("marks moments of its recording, which are then chapters of it", async () => {
    const { recording } = await studio.topic("settings");
    const folder = join(studio.profile, "videos");
    await studio.call("settings.change", { recording: { ...recording, folder } });
    await button("Record").click();
    await button("Set a marker").click();
    await page.getByLabel("Marker 1 is set. What is it?").fill("Glaze");
    await button("Set a marker").click();
    await page.getByLabel("Marker 2 is set. What is it?").press("Escape");
    const markers = () => studio.topic("markers");
    const kept = async () => (await markers()).every((each) => each.recording !== null);
    await shows(kept, "whether all are in the file").toBe(true);
    await button("Stop recording").click();
    await page.getByText("Recording saved as").first().waitFor();
    const expected = (await markers()).map((each) => {
      return `${((each.recording?.timeMs ?? 0) / 1_000).toFixed(2)} ${each.name}`;
    });
    expect(expected.map((each) => each.replace(/^\S+ /, ""))).toEqual(["Glaze", "Marker 2"]);
    expect(await chaptersOf((await markers())[0]?.recording?.path ?? "")).toEqual(expected);
  });

  it("keeps the last seconds and says where it saved them", async () => {
    await button("Keep the last 30 seconds for a replay").click();
    // Whole from its first keyframe on: before there is nothing to save.
    const saved = async () => {
      await button("Save last 30 s").click();
      return (await studio.topic("news")).find(({ code }) => code === "replay_saved");
    };
    await expect.poll(saved, { timeout: 20_000, interval: 500 }).toBeDefined();
    await page.getByText("Replay saved as").first().waitFor();
    const news = await saved();
    const { streams, packets } = await probePackets("ffprobe", news?.detail ?? "");
    expect(streams.map((each) => each["codec_name"])).toEqual(["h264", "aac"]);
    expect(packets.find(({ stream }) => stream === 0)?.keyframe).toBe(true);
    await button("Stop keeping replays").click();
  });

  it("tells how it does, and ends when asked twice", async () => {
    const bar = page.locator(".status-bar");
    await bar.getByText(/^[\d.]+ [kM]bps$/).waitFor();
    await page
      .getByRole("region", { name: "Audience" })
      .getByText(/^\d+ viewers?$/)
      .waitFor();
    await bar.getByText(/^\d+:\d\d$/).waitFor();
    await bar.getByRole("button", { name: /fps/ }).click();
    await page.getByRole("region", { name: "Dropped frames" }).waitFor();
    await axe.expectClean(page, "the control room on air", SMALL);
    await button("End broadcast").click();
    await page.getByRole("alertdialog").getByRole("button", { name: "End broadcast" }).click();
    await bar.getByText("Not on air").waitFor();
    await page.getByRole("dialog").getByText("Now with glaze").waitFor();
    await page.getByRole("dialog").getByText("Marker 2").waitFor();
    await button("Done").click();
    await shows(() => studio.topic("report"), "the account of it").toBeNull();
  });
});

describe("a scene collection of OBS", () => {
  it("opens beside ours and says what was left out and what is missing", async () => {
    const scene = (name: string, items: string[]) => ({
      id: "scene",
      name,
      settings: { items: items.map((item) => ({ name: item, scale: { x: 1, y: 1 } })) },
    });
    const collection = {
      name: "From OBS",
      current_program_scene: "Talk",
      resolution: { x: 640, y: 360 },
      sources: [
        scene("Talk", ["Wall", "Logo", "Plug-in"]),
        scene("End", ["Wall"]),
        { id: "color_source_v3", name: "Wall", settings: { color: 0xff0000ff, width: 640, height: 360 } },
        { id: "image_source", name: "Logo", settings: { file: join(studio.profile, "gone.png") } },
        { id: "somebodys_plugin", name: "Plug-in" },
      ],
    };
    const path = join(studio.profile, "obs.json");
    await writeFile(path, JSON.stringify(collection));
    // The system's own dialogue is not the window's, and nothing can press its buttons.
    await studio.app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
    }, path);
    await button("Settings").click();
    await page.getByRole("tab", { name: "Scenes" }).click();
    await button("Import from a file").click();
    await page.getByText("“Plug-in” (somebodys_plugin)").waitFor();
    await page.keyboard.press("Escape");
    await button("Logo").waitFor();
    await page.getByText("The file is not there. Choose it again.").first().waitFor();
    await shows(middle("programme"), "the programme").toEqual([255, 0, 0]);
    await button("Scene collection: From OBS").click();
    await page.getByRole("menuitemcheckbox", { name: "My scenes" }).click();
    await button("Break").waitFor();
  });
});
