/**
 * Glass-to-glass delay of the standard tier: from the making of a frame (clock burnt into the picture)
 * to its presentation by the product's own player in Chromium, over loopback, at 640x360@30.
 */

import { PatternPublisher } from "../apps/server/src/testing/pattern-publisher.ts";
import { RestClient } from "../apps/server/src/testing/rest-client.ts";
import { TestServer } from "../apps/server/src/testing/test-server.ts";
import { TestBrowser, watchFrames } from "../apps/web-viewer/e2e/chromium.ts";
import { median, printMachine, quantile } from "./machine.ts";

const seconds = Number(process.argv[2] ?? 30);

printMachine();
for (const gopS of [2, 1]) await measure(gopS);

async function measure(gopS: number): Promise<void> {
  await using server = await TestServer.start({ LOG_LEVEL: "warn" });
  await using browser = await TestBrowser.launch();
  const user = await RestClient.signUp(server.url, "bench");
  const { stream_id, stream_key, playback_url } = await user.startStream({ title: "Latency" });
  const page = await browser.context.newPage();
  await page.goto(playback_url);
  const startedMs = Date.now();
  const publisher = PatternPublisher.start({
    ffmpegPath: "ffmpeg",
    url: server.rtmpUrl(stream_key),
    encoderArgs: [
      ...[
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-tune",
        "zerolatency",
        "-b:v",
        "1500k",
        "-pix_fmt",
        "yuv420p",
      ],
      ...["-g", String(gopS * 30), "-keyint_min", String(gopS * 30), "-sc_threshold", "0", "-c:a", "aac"],
    ],
  });
  try {
    const hls = (await user.playback(stream_id)).playback_urls.hls as string;
    await playable(hls);
    console.log(`GOP ${gopS} s: publish → playable ${Date.now() - startedMs} ms`);

    await report(`GOP ${gopS} s, page open before the stream began`, page, 5_000);
    const late = await browser.context.newPage();
    await late.bringToFront();
    const openedMs = Date.now();
    await late.goto(playback_url);
    await late.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0);
    console.log(`GOP ${gopS} s: page opened → playing ${Date.now() - openedMs} ms`);
    await report(`GOP ${gopS} s, a viewer who joined in the first 15 s`, late, 5_000);
    await report(`GOP ${gopS} s, steady`, late, seconds * 1_000);
  } finally {
    await publisher.stop();
  }
}

async function report(
  what: string,
  page: Parameters<typeof watchFrames>[0],
  durationMs: number,
): Promise<void> {
  const frames = await watchFrames(page, durationMs);
  const delays = frames.map(({ madeAtMs, shownAtMs }) => shownAtMs - madeAtMs);
  const figure = (part: number) => `${(quantile(delays, part) / 1_000).toFixed(2)} s`;
  console.log(
    `${what}: median ${(median(delays) / 1_000).toFixed(2)} s [p5 ${figure(0.05)}, p95 ${figure(0.95)}], ${frames.length} frames`,
  );
}

async function playable(masterUrl: string): Promise<void> {
  for (;;) {
    const master = await fetch(masterUrl);
    const variant = (await master.text()).split("\n").find((line) => line.endsWith("index.m3u8"));
    if (master.ok && variant !== undefined) {
      const list = await (await fetch(new URL(variant, masterUrl))).text();
      if (list.includes("#EXTINF")) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
