import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { median, watchFrames } from "./chromium.ts";
import { ENCODERS, House, until } from "./house.ts";
import type { PageLog } from "./page-log.ts";
import { figureOf, logShownFrames, playing, shows, swapGapsMs } from "./watch-tools.ts";

/** When another element takes over no picture stands for so long; 300 ms is the promise on an idle machine. */
const GAP_MS = 1_000;
/** Encoder and RTMP come before the arrival from which the player counts; the machine is busy, too. */
const TOLERANCE_MS = 150;

let house: House;
let page: Page;
let log: PageLog;
beforeAll(async () => {
  house = await House.open();
  await house.goLive(await house.streamer("ulla"), "At once", ENCODERS.plain, "ultra-low");
  ({ page, log } = await house.visit("/ulla"));
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

const tierIs = (tier: string) =>
  page.waitForSelector(`[data-testid="player"][data-tier="${tier}"][data-state="playing"]`, {
    timeout: 30_000,
  });
const chooseTier = async (tier: string): Promise<void> => {
  await page.getByTestId("player").hover();
  await page.getByTestId("quality").click();
  await page.getByTestId(`choice-tier-${tier}`).click();
  // Keys go to the menu until it has gone.
  await page.getByRole("menu").waitFor({ state: "detached" });
};
const seenDelayMs = async () =>
  median((await watchFrames(page, 1_500)).map(({ madeAtMs, shownAtMs }) => shownAtMs - madeAtMs));

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
  it("sees it by WebRTC, and the delay that the picture itself shows", async () => {
    await playing(page);
    await tierIs("ultra");
    await shows(async () => Number(await figureOf(page, "latency-ms")), "delay").toBeGreaterThan(0);
    const [seenMs, toldMs] = [await seenDelayMs(), Number(await figureOf(page, "latency-ms"))];
    expect(Math.abs(seenMs - toldMs), `seen ${seenMs} ms, told ${toldMs} ms`).toBeLessThan(TOLERANCE_MS);
  });

  it("finds its link in the statistics", async () => {
    await page.keyboard.press("s");
    const stat = (id: string) => page.getByTestId(`stat-${id}`).textContent();
    await shows(() => stat("engine"), "engine").toBe("WebRTC");
    await shows(() => stat("quality"), "quality").toBe("360p · 640×360");
    await shows(() => stat("rtt"), "round trip").toMatch(/^\d+ ms$/);
    await shows(() => stat("loss"), "loss").toMatch(/^\d+\.\d %$/);
    await shows(() => stat("jitter"), "jitter buffer").toMatch(/^\d+ ms$/);
    await page.keyboard.press("s");
  });

  it("goes from tier to tier by choice, and the picture goes on", async () => {
    const frames = await logShownFrames(page);
    for (const tier of ["standard", "low", "ultra"]) {
      await chooseTier(tier);
      await tierIs(tier);
      await watchFrames(page, 500);
    }
    await chooseTier("auto");
    const gaps = swapGapsMs(await frames.jsonValue());
    expect(gaps).toHaveLength(3);
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
    const refused = log.failedRequests.filter((words) => /^[45]\d\d/.test(words) && !words.startsWith("503"));
    expect(refused).toEqual([]);
    expect(log.complaints.filter((words) => !words.includes("503"))).toEqual([]);
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
    await watchFrames(page, 1_000);
    expect(await figureOf(page, "tier")).toBe("low");
    const shown = await frames.jsonValue();
    expect(shown.length).toBeGreaterThan(30);
    expect(swapGapsMs(shown)).toEqual([]);
  });
});
