/**
 * Glass-to-glass delay of each tier: from the making of a frame (clock burnt into the picture) to its
 * presentation by the product's own player in Chromium, over loopback, at 640x360@30. Also from the click
 * on a channel to its first frame. `npm run bench -- latency [seconds] [standard|low|ultra]`
 */

import type { Page } from "playwright-core";
import { PatternPublisher } from "../apps/server/src/testing/pattern-publisher.ts";
import { RestClient } from "../apps/server/src/testing/rest-client.ts";
import { TestServer } from "../apps/server/src/testing/test-server.ts";
import { TestBrowser, watchFrames } from "../apps/web-viewer/e2e/chromium.ts";
import { median, printMachine, quantile } from "./machine.ts";
import { playable } from "./playable.ts";

interface Tier {
  readonly name: "standard" | "low" | "ultra";
  readonly gopsS: readonly number[];
  /** Qualities to fix, by name; `auto` is the player's choice. */
  readonly qualities: readonly string[];
}

const TIERS: readonly Tier[] = [
  { name: "standard", gopsS: [2, 1], qualities: ["auto"] },
  { name: "low", gopsS: [2], qualities: ["source", "160p"] },
  { name: "ultra", gopsS: [2], qualities: ["auto"] },
];
const CLICKS = 5;

const seconds = Number(process.argv[2] ?? 30);
const only = process.argv[3];

printMachine();
for (const tier of TIERS.filter(({ name }) => only === undefined || name === only)) {
  for (const gopS of tier.gopsS) await measure(tier, gopS);
}

async function measure({ name: tier, qualities }: Tier, gopS: number): Promise<void> {
  const name = `${tier}, GOP ${gopS} s`;
  await using server = await TestServer.start({ LOG_LEVEL: "warn" });
  await using browser = await TestBrowser.launch();
  const user = await RestClient.signUp(server.url, "bench");
  const stream = { title: "Latency", latency_mode: tier === "ultra" ? "ultra-low" : tier };
  const { stream_id, stream_key, playback_url } = await user.startStream(stream);
  const page = await browser.context.newPage();
  await page.goto(playback_url);
  const startedMs = Date.now();
  const publisher = PatternPublisher.start({
    ffmpegPath: "ffmpeg",
    url: server.rtmpUrl(stream_key),
    encoderArgs: [
      ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-b:v", "1500k"],
      ...["-pix_fmt", "yuv420p", "-g", String(gopS * 30), "-keyint_min", String(gopS * 30)],
      ...["-sc_threshold", "0", "-c:a", "aac"],
    ],
  });
  try {
    const hls = (await user.playback(stream_id)).playback_urls.hls as string;
    await playable(hls);
    console.log(`${name}: publish → playable ${Date.now() - startedMs} ms`);

    await plays(page, tier);
    await report(`${name}, page open before the stream began`, page, 5_000);
    const late = await browser.context.newPage();
    await late.bringToFront();
    const openedMs = Date.now();
    await late.goto(playback_url);
    await late.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0);
    console.log(`${name}: page opened → playing ${Date.now() - openedMs} ms`);
    await plays(late, tier);
    console.log(`${name}: page opened → playing in this tier ${Date.now() - openedMs} ms`);
    await report(`${name}, a viewer who joined in the first 15 s`, late, 5_000);
    await page.close();
    for (const quality of qualities) {
      await choose(late, quality);
      await report(`${name}, ${quality}, steady`, late, seconds * 1_000);
    }
    const clicks: number[] = [];
    for (let i = 0; i < CLICKS; i += 1)
      clicks.push(await clickToFrame(late, server.url, new URL(playback_url)));
    console.log(
      `${name}: click → first frame, median ${Math.round(median(clicks))} ms of ${clicks.map(Math.round)}`,
    );
  } finally {
    await publisher.stop();
  }
}

/** An ultra-low stream is seen in the low tier first. */
async function plays(page: Page, tier: string): Promise<void> {
  await page.waitForSelector(`[data-testid="player"][data-tier="${tier}"][data-state="playing"]`);
}

/** Fixes a quality, and waits until it shows and its viewer has settled near the edge. */
async function choose(page: Page, quality: string): Promise<void> {
  if (quality === "auto") return;
  await page.getByTestId("player").hover();
  await page.getByTestId("quality").click();
  await page.getByTestId(`choice-${quality}`).click();
  await page.waitForSelector(`[data-testid="player"][data-quality="${quality}"]`);
  await watchFrames(page, 8_000);
}

/** From a click on the channel's card, on a page that is loaded, to the presentation of a frame, ms. */
async function clickToFrame(page: Page, home: string, watchPage: URL): Promise<number> {
  await page.goto(home);
  const card = page.locator(`main a[href="${watchPage.pathname}"]`).first();
  await card.waitFor();
  await page.evaluate(() => {
    document.addEventListener("click", () => Reflect.set(window, "clickedMs", performance.now()), {
      capture: true,
    });
  });
  // The pointer is on the card before it clicks: what a page fetches ahead, it fetches then.
  await card.hover();
  await whenIdle(page);
  await card.click();
  await page.waitForSelector("video", { state: "attached" });
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const video = document.querySelector("video");
        video?.requestVideoFrameCallback((_now, { presentationTime }) =>
          resolve(presentationTime - Number(Reflect.get(window, "clickedMs"))),
        );
      }),
  );
}

function whenIdle(page: Page): Promise<void> {
  return page.evaluate(() => new Promise<void>((resolve) => requestIdleCallback(() => resolve())));
}

async function report(what: string, page: Page, durationMs: number): Promise<void> {
  const frames = await watchFrames(page, durationMs);
  const delays = frames.map(({ madeAtMs, shownAtMs }) => shownAtMs - madeAtMs);
  const figure = (part: number) => `${(quantile(delays, part) / 1_000).toFixed(2)} s`;
  const toldMs = await page.getByTestId("player").getAttribute("data-latency-ms");
  console.log(
    `${what}: median ${(median(delays) / 1_000).toFixed(2)} s [p5 ${figure(0.05)}, p95 ${figure(0.95)}], ${frames.length} frames; the player says ${toldMs} ms`,
  );
}
