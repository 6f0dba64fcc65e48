import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { median, type SeenFrame, watchFrames } from "./chromium.ts";
import { House, type Streamer, until } from "./house.ts";
import type { PageLog } from "./page-log.ts";
import { phaseIs, playing, shows } from "./watch-tools.ts";

/** Near the edge, whichever tier plays: what the player makes of it is bench/latency.ts's matter. */
const LIVE_S = 6;

let house: House;
let page: Page;
let log: PageLog;
let vera: Streamer;
let streamId: string;
let startedAtMs: number;
beforeAll(async () => {
  house = await House.open();
  vera = await house.streamer("vera");
  ({ streamId } = await house.goLive(vera, "The long night"));
  startedAtMs = Date.parse((await vera.rest.stream(streamId)).started_at ?? "");
  ({ page, log } = await house.visit("/vera"));
  await playing(page);
  // Something to rewind into, and pictures of it.
  await until("18 s of the stream", () => Date.now() - startedAtMs > 18_000, 60_000);
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

const behindS = (frames: readonly SeenFrame[]) =>
  median(frames.map(({ madeAtMs, shownAtMs }) => shownAtMs - madeAtMs)) / 1_000;
/** How long ago what is on the screen was made, by the clock in the picture. */
const seenBehindS = async (ms = 700) => behindS(await watchFrames(page, ms));
const scrub = () => page.getByTestId("scrub");
const liveMark = () => page.getByTestId("live").textContent();
const showControls = () => page.getByTestId("player").hover({ position: { x: 200, y: 100 } });

/** The bar's box, with the controls shown. */
async function barBox() {
  await showControls();
  const box = await scrub().boundingBox();
  if (box === null) throw new Error("the scrub bar is not to be seen");
  return { ...box, y: box.y + box.height / 2 };
}

describe("a viewer who rewinds", () => {
  it("sees what was made before, plays on from there at full speed, and is left alone", async () => {
    const liveS = await seenBehindS();
    expect(liveS).toBeLessThan(LIVE_S);
    await page.keyboard.press("j");
    await shows(seenBehindS, "how far behind").toBeGreaterThan(liveS + 8);
    await shows(liveMark, "the mark").toBe("Go live");
    const frames = await watchFrames(page, 2_500);
    // Ten seconds, and what a busy machine stood still for.
    expect(behindS(frames)).toBeLessThan(liveS + 16);
    const [first, last] = [frames[0], frames.at(-1)];
    if (!first || !last) throw new Error("no frames");
    // Neither faster nor slower: nobody hurries back to the edge.
    const shownMs = last.shownAtMs - first.shownAtMs;
    expect(Math.abs(last.madeAtMs - first.madeAtMs - shownMs)).toBeLessThan(250);
    expect(
      await page.getByTestId("video").evaluate((video) => (video as HTMLVideoElement).playbackRate),
    ).toBe(1);
    await shows(() => page.getByTestId("place").textContent(), "place").toMatch(/^−0:\d\d \/ \d:\d\d$/);
    await shows(() => scrub().getAttribute("aria-valuetext"), "words").toMatch(
      /seconds into the stream, 1\d seconds behind live$/,
    );
  });

  it("is back near the edge by one press", async () => {
    await showControls();
    await page.getByTestId("live").click();
    await shows(seenBehindS, "how far behind").toBeLessThan(LIVE_S);
    await shows(liveMark, "the mark").toBe("Live");
  });

  it("plays on after a pause from where it was", async () => {
    await page.keyboard.press("k");
    await shows(liveMark, "the mark").toBe("Go live");
    const pausedAt = Date.now();
    const place = () =>
      page.getByTestId("video").evaluate((video) => (video as HTMLVideoElement).currentTime);
    const pausedPlace = await place();
    await until("three seconds of a pause", () => Date.now() - pausedAt > 3_000);
    expect(await place()).toBe(pausedPlace);
    const resumedAt = Date.now();
    await page.keyboard.press("k");
    await playing(page);
    const frames = await watchFrames(page, 1_000);
    expect(behindS(frames)).toBeGreaterThan(3);
    expect((await place()) - pausedPlace).toBeLessThan((Date.now() - resumedAt) / 1_000 + 1);
    await showControls();
    await page.getByTestId("live").click();
    await shows(seenBehindS, "how far behind").toBeLessThan(LIVE_S);
  });

  it("sees a picture of the place that is pointed at", async () => {
    const box = await barBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y);
    const sheet = page.getByTestId("preview-sheet");
    await sheet.waitFor();
    await shows(() => sheet.evaluate((image) => (image as HTMLImageElement).naturalWidth), "sheet").toBe(800);
    await shows(() => page.getByTestId("preview").textContent(), "time").toMatch(/^0:[01]\d$/);
    await showControls();
    await sheet.waitFor({ state: "detached" });
  });

  it("drags to a place and is there when the pointer is let go", async () => {
    const box = await barBox();
    await page.mouse.move(box.x + box.width - 2, box.y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y, { steps: 5 });
    const words = await page.getByTestId("preview").textContent();
    const letGoAt = Date.now();
    await page.mouse.up();
    const [minutes, seconds] = (words ?? "").split(":").map(Number);
    const chosenMs = startedAtMs + ((minutes ?? 0) * 60 + (seconds ?? 0)) * 1_000;
    await shows(liveMark, "the mark").toBe("Go live");
    const frames = await watchFrames(page, 700);
    const first = frames[0];
    if (!first) throw new Error("no frames");
    // The words are cut to whole seconds, and the picture has moved on since.
    expect(first.madeAtMs - chosenMs).toBeGreaterThan(-1_000);
    expect(first.madeAtMs - chosenMs).toBeLessThan(2_500 + Date.now() - letGoAt);
  });

  it("goes by keys on the bar, to its very start and back to live", async () => {
    await scrub().focus();
    const pressedAt = Date.now();
    await page.keyboard.press("Home");
    await shows(async () => Number(await scrub().getAttribute("aria-valuenow")), "place").toBeLessThan(10);
    const [first] = await watchFrames(page, 500);
    expect((first?.madeAtMs ?? 0) - startedAtMs).toBeLessThan(10_000 + Date.now() - pressedAt);
    const before = Number(await scrub().getAttribute("aria-valuenow"));
    await page.keyboard.press("ArrowRight");
    await shows(async () => Number(await scrub().getAttribute("aria-valuenow")), "place").toBeGreaterThan(
      before + 3,
    );
    await page.keyboard.press("End");
    await shows(seenBehindS, "how far behind").toBeLessThan(LIVE_S);
    await shows(() => scrub().getAttribute("aria-valuetext"), "words").toBe("Live");
  });

  it("sees the rest of a stream that has ended meanwhile, and then that it is over", async () => {
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await shows(seenBehindS, "how far behind").toBeGreaterThan(18);
    await vera.rest.endStream(streamId);
    await phaseIs(page, "ended");
    const frames = await watchFrames(page, 2_000);
    expect(frames.length).toBeGreaterThan(20);
    expect(await page.getByTestId("curtain").count()).toBe(0);
    // Live is its last moment now.
    await showControls();
    await page.getByTestId("live").click();
    await page.getByRole("heading", { name: "That was the show" }).waitFor({ timeout: 10_000 });
  });

  it("meets no error and no failed request", () => {
    expect(log.complaints).toEqual([]);
    expect(log.failedRequests).toEqual([]);
  });
});
