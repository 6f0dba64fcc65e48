import type { CDPSession, JSHandle, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { watchFrames } from "./chromium.ts";
import { ENCODERS, House, until } from "./house.ts";
import type { PageLog } from "./page-log.ts";
import { figureOf, longestGapMs, playing, shows } from "./watch-tools.ts";

/** Below the source: one rung on demand, two that are always on. */
const LADDER = JSON.stringify([
  { name: "270p", height: 270, maxFps: 30, bitrateBps: 1_000_000, alwaysOn: false },
  { name: "180p", height: 180, maxFps: 30, bitrateBps: 400_000, alwaysOn: true },
  { name: "90p", height: 90, maxFps: 30, bitrateBps: 150_000, alwaysOn: true },
]);

let house: House;
let page: Page;
let log: PageLog;
let line: CDPSession;
beforeAll(async () => {
  house = await House.open({ LADDER });
  const nora = await house.streamer("nora");
  const { streamId } = await house.goLive(nora, "Through a thin line", ENCODERS.full);
  const startedAtMs = Date.parse((await nora.rest.stream(streamId)).started_at ?? "");
  // Something to rewind into that this viewer has not seen: what they have seen is still buffered.
  await until("12 s of the stream", () => Date.now() - startedAtMs > 12_000);
  // A viewer whose line is known begins with the best, and wakes nothing on the way to it.
  await house.browser.context.addInitScript(() => {
    const known = { bps: 20_000_000, atMs: Date.now() };
    localStorage.setItem("footlight.throughput", JSON.stringify(known));
  });
  ({ page, log } = await house.visit("/nora"));
  await playing(page);
  line = await page.context().newCDPSession(page);
  await line.send("Network.enable");
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

/** What the line gives the page from now on. */
const throttle = async (kbps: number): Promise<void> => {
  const bytes = (kbps * 1_000) / 8;
  await line.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 20,
    downloadThroughput: bytes,
    uploadThroughput: bytes,
  });
};

interface Seen {
  atMs: number;
  lines: number;
}

/** Each frame from now on: when it is shown, and how many lines it has. A growing list in the page. */
const logSizes = (): Promise<JSHandle<Seen[]>> =>
  page.evaluateHandle(() => {
    const video = document.querySelector("video");
    if (video === null) throw new Error("no video on the page");
    const seen: { atMs: number; lines: number }[] = [];
    const look = (_now: number, frame: VideoFrameCallbackMetadata) => {
      seen.push({ atMs: frame.expectedDisplayTime, lines: frame.height });
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    return seen;
  });

/** The sizes that were seen, one after the other. */
const steps = (seen: readonly Seen[]): number[] =>
  seen.map(({ lines }) => lines).filter((lines, i, all) => lines !== all[i - 1]);

const showsLines = (lines: number, timeoutMs = 30_000) =>
  page.waitForFunction((lines) => document.querySelector("video")?.videoHeight === lines, lines, {
    timeout: timeoutMs,
  });

const stood = (seen: readonly Seen[]) => longestGapMs(seen.map(({ atMs }) => atMs));

const choose = async (name: RegExp): Promise<void> => {
  await page.getByTestId("player").hover();
  await page.getByTestId("quality").click();
  await page.getByRole("menuitemradio", { name }).click();
};

describe("a quality that is made on demand", () => {
  let askedAtMs: number;
  let wokeAtMs: number;

  it("is shown when it has woken, and the other plays on until then", async () => {
    await choose(/^360p/);
    await showsLines(360);
    const frames = await logSizes();
    askedAtMs = Date.now();
    await choose(/^270p/);
    await showsLines(270);
    wokeAtMs = Date.now();
    await watchFrames(page, 1_000);
    const seen = await frames.jsonValue();
    expect(steps(seen)).toEqual([360, 270]);
    expect(stood(seen)).toBeLessThan(1_000);
  });

  it("leaves its place to one that is always there for who rewinds to before that", async () => {
    await until("ten seconds of it", () => Date.now() - wokeAtMs > 10_000);
    const frames = await logSizes();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await showsLines(180);
    const [first] = await watchFrames(page, 500);
    expect(first?.madeAtMs).toBeLessThan(askedAtMs);
    // On to where it had woken, and through.
    await showsLines(270);
    const seen = await frames.jsonValue();
    expect(stood(seen)).toBeLessThan(1_000);
    await page.getByTestId("player").hover();
    await page.getByTestId("live").click();
    await choose(/^Auto/);
    expect(log.complaints).toEqual([]);
    expect(log.failedRequests.filter((words) => /^\d/.test(words))).toEqual([]);
  });
});

describe("a line that gets thin", () => {
  it("gets a smaller picture at once, which does not stand, and a better one step by step", async () => {
    await throttle(5_000);
    await page.reload();
    await playing(page);
    await showsLines(360);
    const frames = await logSizes();
    await throttle(800);
    await page.waitForFunction(() => (document.querySelector("video")?.videoHeight ?? 360) <= 180);
    await watchFrames(page, 4_000);
    const down = await frames.jsonValue();
    expect(stood(down), `longest stand of ${steps(down)}`).toBeLessThan(1_000);
    await throttle(5_000);
    await showsLines(270);
    const up = (await frames.jsonValue()).slice(down.length - 1);
    expect(stood(up), `longest stand of ${steps(up)}`).toBeLessThan(1_000);
    expect([90, 180, 270].join()).toContain(steps(up).join());
  });

  it("too thin for low latency plays on with more delay, without a reload, and says so", async () => {
    await page.evaluate(() => Reflect.set(window, "samePage", true));
    await throttle(280);
    await page.getByTestId("notice").waitFor();
    await shows(() => figureOf(page, "tier"), "tier").toBe("standard");
    await page.waitForSelector('[data-state="playing"]');
    expect((await watchFrames(page, 4_000)).length).toBeGreaterThan(60);
    expect(await page.evaluate(() => Reflect.get(window, "samePage"))).toBe(true);
    expect(log.complaints).toEqual([]);
  });
});
