/**
 * WHIP → LL-HLS, glass to glass: a page of Chromium publishes a canvas with a burnt-in clock, another one plays it
 * by the product's own player in the low tier. 640x360@30, loopback. `npm run bench -- whip-hls [seconds 30]`
 */
import { RestClient } from "../apps/server/src/testing/rest-client.ts";
import { TestServer } from "../apps/server/src/testing/test-server.ts";
import { TestBrowser, watchFrames } from "../apps/web-viewer/e2e/chromium.ts";
import { WhipPublisher } from "../apps/web-viewer/e2e/whip-publisher.ts";
import { median, printMachine, quantile } from "./machine.ts";

const seconds = Number(process.argv[2] ?? 30);
const PROMISE_MS = 1_000;
/** The player comes close to the live edge by and by. */
const SETTLE_MS = 15_000;
const PLAYS = '[data-testid="player"][data-tier="low"][data-state="playing"]';

printMachine();
await using server = await TestServer.start({ LOG_LEVEL: "warn" });
await using browser = await TestBrowser.launch();
const user = await RestClient.signUp(server.url, "bench");
const { stream_key, playback_url } = await user.startStream({ title: "WHIP", latency_mode: "low" });

const home = await browser.context.newPage();
await home.goto(server.url);
const picture = { width: 640, height: 360, fps: 30, codec: "H264", source: "clock" } as const;
const startedMs = Date.now();
await WhipPublisher.publish(home, `${server.url}/whip`, stream_key, picture);

const away = await browser.context.newPage();
await away.goto(playback_url);
await away.waitForSelector(PLAYS, { timeout: 60_000 });
console.log(`published → playing ${Date.now() - startedMs} ms`);
await away.waitForTimeout(SETTLE_MS);
const frames = await watchFrames(away, seconds * 1_000);
const delays = frames.map(({ madeAtMs, shownAtMs }) => shownAtMs - madeAtMs);
const ms = (value: number): string => value.toFixed(0);
console.log(
  `WHIP → LL-HLS: made → shown, median ${ms(median(delays))} ms [p5 ${ms(quantile(delays, 0.05))}, p95 ${ms(quantile(delays, 0.95))}], ${delays.length} frames: ${(median(delays) / PROMISE_MS).toFixed(2)} × the promised ${PROMISE_MS} ms`,
);
