import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { median, watchFrames } from "./chromium.ts";
import { House, type Streamer } from "./house.ts";
import type { PageLog } from "./page-log.ts";
import { figureOf, logFrames, longestGapMs, playing, shows, soundBytes } from "./watch-tools.ts";

let house: House;
let mira: Streamer;
let page: Page;
let log: PageLog;
beforeAll(async () => {
  house = await House.open();
  mira = await house.streamer("mira");
  await house.goLive(mira, "Lights & <b>shadows</b>");
  ({ page, log } = await house.visit("/mira"));
  await playing(page);
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

describe("a viewer of a live channel", () => {
  it("sees the picture move and hears a sound track, a few seconds after they were made", async () => {
    const soundBefore = await soundBytes(page);
    const frames = await watchFrames(page, 2_500);
    expect(frames.length).toBeGreaterThan(30);
    const made = frames.map(({ madeAtMs }) => madeAtMs);
    expect(made).toEqual([...made].sort((a, b) => a - b));
    expect(new Set(made).size).toBeGreaterThan(30);
    expect(await soundBytes(page)).toBeGreaterThan(soundBefore);
    const delayMs = median(frames.map(({ madeAtMs, shownAtMs }) => shownAtMs - madeAtMs));
    expect(delayMs).toBeGreaterThan(0);
    // Ample: bench/latency.ts says how long it is, this only that it is live.
    expect(delayMs).toBeLessThan(6_000);
    // What the player says of itself agrees with the picture.
    expect(Math.abs(Number(await figureOf(page, "latency-ms")) - delayMs)).toBeLessThan(1_000);
  });

  it("reads who it is, with a title as text", async () => {
    await expect(page.title()).resolves.toBe("● mira – Footlight");
    await expect(page.getByRole("heading", { level: 1 }).textContent()).resolves.toBe(
      "Lights & <b>shadows</b>",
    );
    await page.waitForFunction(() =>
      document.querySelector('[data-testid="viewers"]')?.textContent?.startsWith("1"),
    );
  });

  it("finds the numbers in the statistics", async () => {
    await page.keyboard.press("s");
    const stat = (id: string) => page.getByTestId(`stat-${id}`).textContent();
    await page.getByTestId("statistics").waitFor();
    await shows(() => stat("quality"), "quality").toMatch(/^360p source · 640×360$/);
    for (const id of ["bitrate", "throughput"]) await shows(() => stat(id), id).toMatch(/^[\d.]+ [kM]bps$/);
    for (const id of ["latency", "target", "buffer"]) {
      const seconds = async () => {
        const text = (await stat(id)) ?? "";
        return Number.parseFloat(text) / (text.endsWith(" ms") ? 1_000 : 1);
      };
      await shows(seconds, id).toBeGreaterThan(0);
      await shows(seconds, id).toBeLessThan(8);
    }
    await shows(() => stat("dropped"), "dropped").toMatch(/^\d+ of \d+$/);
    await shows(() => stat("first-frame"), "first frame").toMatch(/^[1-9]\d* ms$/);
    await shows(() => stat("engine"), "engine").toBe("hls.js");
    await page.keyboard.press("s");
    await page.getByTestId("statistics").waitFor({ state: "detached" });
  });

  it("steers by the keyboard", async () => {
    const video = page.getByTestId("video");
    const property = (name: "muted" | "volume" | "paused") =>
      video.evaluate((element, key) => Reflect.get(element, key), name);
    const key = async (name: string, condition: () => boolean) => {
      await page.keyboard.press(name);
      await page.waitForFunction(condition);
    };
    await key("k", () => document.querySelector('[data-state="paused"]') !== null);
    await shows(() => property("paused"), "paused").toBe(true);
    await key("k", () => document.querySelector('[data-state="playing"]') !== null);
    const muted = await property("muted");
    await page.keyboard.press("m");
    await shows(() => property("muted"), "muted").toBe(!muted);
    await page.keyboard.press("m");
    await shows(() => property("muted"), "muted").toBe(muted);
    await key("t", () => document.querySelector(".watch-theatre") !== null);
    await key("t", () => document.querySelector(".watch-theatre") === null);
    await key("f", () => document.fullscreenElement?.getAttribute("data-testid") === "player");
    await key("f", () => document.fullscreenElement === null);
    await page.getByTestId("mute").focus();
    await page.keyboard.press("ArrowDown");
    await shows(() => property("volume"), "volume").toBeCloseTo(0.9);
    await page.keyboard.press("ArrowUp");
    await shows(() => property("volume"), "volume").toBeCloseTo(1);
  });

  it("meets no error, no breach of the content policy and no failed request", () => {
    expect(log.complaints).toEqual([]);
    expect(log.failedRequests).toEqual([]);
  });

  it("switches to each quality by hand, and back, without a stall", async () => {
    await playing(page);
    const stalls = await figureOf(page, "stalls");
    const choose = async (name: RegExp) => {
      await page.getByTestId("player").hover();
      await page.getByTestId("quality").click();
      await page.getByRole("menuitemradio", { name }).click();
    };
    await page.getByTestId("player").hover();
    await page.getByTestId("quality").click();
    // Unlike the rest, a list of texts does not wait for the menu to open.
    await page.getByRole("menuitemradio").first().waitFor();
    const names = await page.getByRole("menuitemradio").allTextContents();
    await page.keyboard.press("Escape");
    expect(names.length, names.join()).toBeGreaterThanOrEqual(6);
    expect(names[0]).toMatch(/^Auto/);

    const frames = await logFrames(page);
    // Below them are the tiers.
    const heights = names.filter((name) => /^\d+p/.test(name)).map((name) => Number.parseInt(name, 10));
    // From the best, which plays, down and up again.
    for (const height of [...heights.slice(1), ...heights.slice(0, -1).reverse()]) {
      await choose(new RegExp(`^${height}p`));
      // What is seen, not what is chosen.
      await page.waitForFunction((lines) => document.querySelector("video")?.videoHeight === lines, height);
    }
    await choose(/^Auto/);
    await page.waitForSelector('[data-testid="player"][data-selected="auto"]');
    await watchFrames(page, 2_000);
    const shown = await frames.jsonValue();
    expect(shown.length).toBeGreaterThan(100);
    expect(longestGapMs(shown)).toBeLessThan(1_000);
    expect(await figureOf(page, "stalls")).toBe(stalls);
    expect(log.complaints).toEqual([]);
  });

  it("plays the same stream in two tabs at once", async () => {
    // HTTP/1.1: both share six connections, two of them held by each player's blocking reloads.
    const second = await house.visit("/mira");
    await playing(second.page);
    const [before, now] = await Promise.all([soundBytes(page), watchFrames(second.page, 2_500)]);
    expect(now.length).toBeGreaterThan(20);
    expect(longestGapMs(now.map(({ shownAtMs }) => shownAtMs))).toBeLessThan(1_000);
    // A hidden tab presents no frames, its sound goes on.
    expect(await soundBytes(page)).toBeGreaterThan(before);
    // A player that changes the quality takes back what it has asked for.
    expect(second.log.failedRequests.filter((words) => !words.includes("ERR_ABORTED"))).toEqual([]);

    await page.bringToFront();
    const back = await watchFrames(page, 1_500);
    expect(back.length).toBeGreaterThan(20);
    await playing(page);
    await second.page.close();
  });
});
