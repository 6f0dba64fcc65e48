/**
 * The studio by itself: from its start to a window that can be used, from going live to the first segment at the
 * server, and glass to glass over WHEP and LL-HLS (the test picture's clock, read in Chromium), by RTMP and by WHIP, at
 * 640x360@30 over loopback. `npm run bench -- studio [seconds 20] [starts 5]`
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { Studio } from "../apps/desktop/e2e/launch.ts";
import { RestClient } from "../apps/server/src/testing/rest-client.ts";
import { TestServer } from "../apps/server/src/testing/test-server.ts";
import { TestBrowser, watchFrames } from "../apps/web-viewer/e2e/chromium.ts";
import { WhepViewer } from "../apps/web-viewer/e2e/whep-viewer.ts";
import { median, printMachine, quantile } from "./machine.ts";
import { playable } from "./playable.ts";

const seconds = Number(process.argv[2] ?? 20);
const starts = Number(process.argv[3] ?? 5);
const PROMISED_MS = { start: 2_000, goLive: 3_000, whep: 150, llHls: 1_100 } as const;
/** The player comes close to the live edge by and by. */
const SETTLE_MS = 12_000;
const PLAYS_LOW = '[data-testid="player"][data-tier="low"][data-state="playing"]';

printMachine();
await measureStarts();
await using server = await TestServer.start({ LOG_LEVEL: "warn" });
await using browser = await TestBrowser.launch();
await using studio = await Studio.launch();
const { video, stream } = await studio.topic("settings");
await studio.call("settings.change", {
  video: { ...video, width: 640, height: 360, fps: 30, bitrateBps: 1_000_000 },
});
const { canvas } = await studio.topic("document");
await studio.call("document.do", {
  command: { kind: "canvas", canvas: { ...canvas, width: 640, height: 360, fps: 30 }, scaleItems: true },
  gesture: null,
});
await studio.until("engine", ({ engine, encoder }) => engine === "ready" && encoder === "ready");

for (const kind of ["rtmp", "whip"] as const) {
  for (const mode of ["ultra-low", "low"] as const) {
    const user = await RestClient.signUp(server.url, `${kind}-${mode}`.replaceAll("-", "_"));
    const { stream_id, stream_key, playback_url } = await user.startStream({
      title: "Bench",
      latency_mode: mode,
    });
    const url = kind === "rtmp" ? `rtmp://127.0.0.1:${server.rtmpPort}/live` : `${server.url}/whip`;
    const id = await save(kind, url, stream_key);
    const clickedMs = performance.now();
    await studio.call("broadcast.start", { stream: { ...stream, latencyMode: mode } });
    const { hls, whep } = (await user.playback(stream_id)).playback_urls;
    if (mode === "low" && hls !== null) {
      await playable(hls);
      say(`${kind}: go live → first segment`, [performance.now() - clickedMs], PROMISED_MS.goLive);
    }
    const page = await browser.context.newPage();
    if (mode === "low") await overLlHls(kind, page, playback_url);
    else await overWhep(kind, page, whep ?? "");
    await page.close();
    await studio.call("broadcast.stop", undefined);
    await studio.until("broadcast", ({ state }) => state === "idle");
    await studio.call("targets.remove", { id });
  }
}

/** A fresh profile first, then the same one again and again. */
async function measureStarts(): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), "footlight-bench-"));
  try {
    const all: number[] = [];
    for (let start = 0; start < starts; start += 1) {
      await using studio = await Studio.launch({ profile });
      await studio.page.getByRole("heading", { name: "Scenes", exact: true }).waitFor();
      const began = await studio.app.evaluate(() => process.getCreationTime());
      const painted = await studio.page.evaluate(() => {
        const [first] = performance.getEntriesByName("first-contentful-paint");
        return performance.timeOrigin + (first?.startTime ?? Number.NaN);
      });
      all.push(painted - (began ?? Number.NaN));
    }
    const [fresh = Number.NaN, ...again] = all;
    say("start → control room, fresh profile", [fresh], PROMISED_MS.start);
    say("start → control room, known profile", again, PROMISED_MS.start);
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}

async function save(kind: "rtmp" | "whip", url: string, key: string): Promise<string> {
  await studio.call("targets.save", { id: null, name: "bench", kind, url, key });
  const targets = await studio.until("targets", (all) => all.some(({ name }) => name === "bench"));
  return targets.find(({ name }) => name === "bench")?.id ?? "";
}

async function overWhep(kind: string, page: Page, whep: string): Promise<void> {
  await page.goto(server.url);
  const viewer = await WhepViewer.watch(page, whep);
  say(`studio → ${kind} → WHEP`, await delays(page), PROMISED_MS.whep);
  await viewer.leave();
}

async function overLlHls(kind: string, page: Page, watchUrl: string): Promise<void> {
  await page.goto(watchUrl);
  await page.waitForSelector(PLAYS_LOW, { timeout: 60_000 });
  await page.waitForTimeout(SETTLE_MS);
  say(`studio → ${kind} → LL-HLS`, await delays(page), PROMISED_MS.llHls);
}

async function delays(page: Page): Promise<number[]> {
  const frames = await watchFrames(page, seconds * 1_000);
  return frames.map(({ madeAtMs, shownAtMs }) => shownAtMs - madeAtMs);
}

function say(what: string, values: readonly number[], promisedMs: number): void {
  const ms = (part: number) => `${quantile(values, part).toFixed(0)} ms`;
  const spread = values.length > 1 ? ` [p5 ${ms(0.05)}, p95 ${ms(0.95)}] of ${values.length}` : "";
  const ratio = (median(values) / promisedMs).toFixed(2);
  console.log(`${what}: ${ms(0.5)}${spread}: ${ratio} × the promised ${promisedMs} ms`);
}
