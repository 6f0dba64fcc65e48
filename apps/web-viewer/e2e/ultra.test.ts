import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CapturePublisher } from "../../server/src/testing/capture-publisher.ts";
import type { PatternPublisher } from "../../server/src/testing/pattern-publisher.ts";
import { median, watchFrames } from "./chromium.ts";
import { ENCODERS, House, until } from "./house.ts";
import type { PageLog } from "./page-log.ts";
import { figureOf, logShownFrames, playing, shows, swapGapsMs } from "./watch-tools.ts";
import { type WhipPicture, WhipPublisher } from "./whip-publisher.ts";

/** When another element takes over no picture stands for so long; 300 ms is the promise on an idle machine. */
const GAP_MS = 500;
/** Between the delay that the player tells and the one that the picture shows. */
const TOLERANCE_MS = 50;

let house: House;
let publisher: PatternPublisher;
let streamKey: string;
let whepUrl: string;
let page: Page;
let log: PageLog;
beforeAll(async () => {
  house = await House.open({ RECONNECT_GRACE_MS: "20000" });
  const ulla = await house.streamer("ulla");
  const live = await house.goLive(ulla, "At once", ENCODERS.plain, "ultra-low");
  ({ publisher, streamKey } = live);
  whepUrl = (await ulla.rest.playback(live.streamId)).playback_urls.whep ?? "";
  ({ page, log } = await house.visit("/ulla"));
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

const tierIs = (tier: string, on = page) =>
  on.waitForSelector(`[data-testid="player"][data-tier="${tier}"][data-state="playing"]`, {
    timeout: 30_000,
  });
const chooseTier = async (tier: string): Promise<void> => {
  await page.getByTestId("player").hover();
  await page.getByTestId("quality").click();
  await page.getByTestId(`choice-tier-${tier}`).click();
  // Keys go to the menu until it has gone.
  await page.getByRole("menu").waitFor({ state: "detached" });
};
const seenDelayMs = async (on = page) =>
  median((await watchFrames(on, 1_500)).map(({ madeAtMs, shownAtMs }) => shownAtMs - madeAtMs));
const statOf = (id: string, on = page) => on.getByTestId(`stat-${id}`).textContent();

/** What the player says of its delay while somebody watches it, ms. */
async function toldDelayMs(on: Page, watched: Promise<unknown>): Promise<number> {
  let isOver = false;
  void watched.finally(() => (isOver = true));
  const told: number[] = [];
  await until("all that it tells meanwhile", async () => {
    told.push(Number(await figureOf(on, "latency-ms")));
    return isOver;
  });
  return median(told);
}

/** The media worker of this test's own server. */
async function mediaWorkers(): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", [
    "-o",
    "pid=,args=",
    "--ppid",
    String(house.server.pid),
  ]);
  const lines = stdout.split("\n").filter((line) => line.includes("mediasoup-worker"));
  return lines.map((line) => Number.parseInt(line, 10));
}

describe("a viewer of an ultra-low stream", () => {
  it("sees the low tier's picture first, then WebRTC", async ({ annotate }) => {
    await playing(page);
    await tierIs("ultra");
    await annotate(
      `first picture ${await figureOf(page, "first-frame-ms")} ms after the playlists were known`,
    );
  });

  it("finds its link in the statistics", async () => {
    await page.keyboard.press("s");
    await shows(() => statOf("engine"), "engine").toBe("WebRTC");
    await shows(() => statOf("quality"), "quality").toBe("360p · 640×360");
    await shows(() => statOf("rtt"), "round trip").toMatch(/^\d+ ms$/);
    await shows(() => statOf("loss"), "loss").toMatch(/^\d+\.\d %$/);
    await shows(() => statOf("jitter"), "jitter buffer").toMatch(/^\d+ ms$/);
    await page.keyboard.press("s");
  });

  it("goes from tier to tier by choice, and the picture goes on", async ({ annotate }) => {
    const frames = await logShownFrames(page);
    for (const tier of ["low", "ultra", "standard", "ultra"]) {
      await chooseTier(tier);
      await tierIs(tier);
      await watchFrames(page, 500);
    }
    await chooseTier("auto");
    const gaps = swapGapsMs(await frames.jsonValue());
    expect(gaps).toHaveLength(4);
    await annotate(`the picture stood for ${gaps.map(Math.round).join(", ")} ms`);
    expect(Math.max(...gaps), gaps.join()).toBeLessThan(GAP_MS);
    expect(await page.locator("video").count()).toBe(1);
  });

  it("rewinds by the low tier, and is back in WebRTC by one press", async () => {
    await tierIs("ultra");
    await page.keyboard.press("ArrowLeft");
    await tierIs("low");
    await shows(seenDelayMs, "how far behind").toBeGreaterThan(4_000);
    await page.getByTestId("player").hover();
    await page.getByTestId("live").click();
    await tierIs("ultra");
    await shows(seenDelayMs, "how far behind").toBeLessThan(2_000);
  });

  it("pauses at the picture of that moment, and plays on from it", async () => {
    await page.keyboard.press("k");
    await page.waitForSelector('[data-testid="player"][data-tier="low"][data-state="paused"]');
    const pausedAtMs = Date.now();
    await until("two seconds of a pause", () => Date.now() - pausedAtMs > 2_000);
    await page.keyboard.press("k");
    await tierIs("low");
    expect(await seenDelayMs()).toBeGreaterThan(2_000);
    await page.getByTestId("player").hover();
    await page.getByTestId("live").click();
    await tierIs("ultra");
  });

  it("waits for a streamer whose connection breaks, and sees them by the same session", async () => {
    const offers: string[] = [];
    page.on("request", (request) => request.url() === whepUrl && offers.push(request.method()));
    await publisher.kill();
    await page.waitForSelector('[data-testid="player"][data-tier="ultra"][data-state="buffering"]');
    publisher = house.publish(streamKey);
    await tierIs("ultra");
    await shows(seenDelayMs, "how far behind").toBeLessThan(2_000);
    expect(offers).toEqual([]);
  });

  it("is back within seconds when the media worker dies, at the latest by the low tier", async () => {
    const [worker] = await mediaWorkers();
    if (worker === undefined) throw new Error("the server has no media worker");
    const diedAtMs = Date.now();
    process.kill(worker, "SIGKILL");
    await until("new pictures", async () => {
      const frames = await watchFrames(page, 300, '[data-testid="video"]');
      return frames.some(({ madeAtMs }) => madeAtMs > diedAtMs + 300);
    });
    // Ample: the promise is 5 s, on a machine that does nothing else.
    expect(Date.now() - diedAtMs).toBeLessThan(10_000);
    await tierIs("ultra");
    await shows(seenDelayMs, "how far behind").toBeLessThan(2_000);
  });

  it("meets no error but that of a server whose worker is gone", () => {
    // 503 while there is no worker; 404 for a session that has gone with it.
    const gone = /^503 |^404 \S+\/whep\/[\w-]+\/|status of (503|404)/;
    const refused = log.failedRequests.filter((words) => /^[45]\d\d/.test(words) && !gone.test(words));
    expect(refused).toEqual([]);
    expect(log.complaints.filter((words) => !gone.test(words))).toEqual([]);
  });

  it("whom WebRTC does not reach watches by the low tier, and nothing changes for them", async () => {
    await page.goto("about:blank");
    // To an address of documentation (RFC 5737): nobody answers there, neither by UDP nor by TCP.
    await page.route("**/whep/*", async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replaceAll("127.0.0.1", "192.0.2.1");
      await route.fulfill({ response, body });
    });
    const givenUp = page.waitForRequest((request) => request.method() === "DELETE", { timeout: 40_000 });
    await page.goto(`${house.server.url}/ulla`);
    await playing(page);
    const frames = await logShownFrames(page);
    expect((await givenUp).url()).toContain("/whep/");
    await shows(async () => (await frames.jsonValue()).length, "pictures").toBeGreaterThan(30);
    expect(await figureOf(page, "tier")).toBe("low");
    expect(swapGapsMs(await frames.jsonValue())).toEqual([]);
    await shows(() => page.getByTestId("notice").textContent(), "what it says").toContain(
      "No real time on this network",
    );
    await page.close();
  });
});

const CLOCK: WhipPicture = { width: 640, height: 360, fps: 30, codec: "H264", source: "clock" };

const byRtmp = (tellsCapture: boolean) => async (streamKey: string) => {
  const publisher = await CapturePublisher.start({
    ...{ ffmpegPath: "ffmpeg", encoderArgs: ENCODERS.plain, tellsCapture },
    ...{ rtmpPort: house.server.rtmpPort, streamKey, soundAheadMs: 100 },
  });
  return () => publisher.stop();
};
const byWhip = (picture: Partial<WhipPicture>) => async (streamKey: string) => {
  const { page } = await house.visit("/");
  await WhipPublisher.publish(page, `${house.server.url}/whip`, streamKey, { ...CLOCK, ...picture });
  return () => page.close();
};

describe("whoever publishes, the player tells the layer and the true delay", () => {
  it.for([
    {
      name: "by RTMP",
      channel: "plain",
      from: "arrival",
      layer: /^360p · \d+ fps · H264$/,
      by: byRtmp(false),
    },
    { name: "by our studio's RTMP", channel: "capture", from: "capture", layer: /^360p/, by: byRtmp(true) },
    {
      ...{ name: "by WHIP in VP8", channel: "vp8", from: "capture", layer: /^360p · \d+ fps · VP8$/ },
      by: byWhip({ codec: "VP8" }),
    },
    {
      ...{ name: "by WHIP in layers", channel: "layers", from: "capture", layer: /^540p · \d+ fps · H264$/ },
      by: byWhip({ width: 960, height: 540, simulcast: true }),
    },
  ])("$name", async ({ channel, from, layer, by }, { annotate }) => {
    const { rest } = await house.streamer(channel);
    const { stream_id, stream_key } = await rest.startStream({ title: channel, latency_mode: "ultra-low" });
    const stop = await by(stream_key);
    await until("a live stream", async () => (await rest.stream(stream_id)).status === "live");
    const { page: viewer } = await house.visit(`/${channel}`);
    await tierIs("ultra", viewer);
    await viewer.keyboard.press("s");
    await viewer.getByText(`Delay from ${from}`).waitFor();
    await shows(() => statOf("layer", viewer), "layer").toMatch(layer);
    // More than once: what is told is of the last frames, what is seen of the next ones.
    const found: string[] = [];
    const apartMs = async () => {
      const watched = seenDelayMs(viewer);
      const [toldMs, seenMs] = [await toldDelayMs(viewer, watched), await watched];
      found.push(`seen ${Math.round(seenMs)} ms, told ${toldMs} ms`);
      return Math.abs(seenMs - toldMs);
    };
    await shows(apartMs, "what is between seen and told").toBeLessThan(TOLERANCE_MS);
    await annotate(found.join("; "));
    await viewer.close();
    await stop();
  });
});
