/**
 * RTMP → WHEP, glass to glass: from the making of a frame (clock burnt into the picture) to its
 * presentation in a plain page of Chromium with the sound playing, over loopback, at 640x360@30; with the
 * picture passed through, and with B-frames, so encoded. And how much later than the flash the beep is, less
 * what this way of measuring adds by itself (55 to 75 ms, of a file just as of a stream that never left the page).
 */

import { PatternPublisher } from "../apps/server/src/testing/pattern-publisher.ts";
import { RestClient } from "../apps/server/src/testing/rest-client.ts";
import { TestServer } from "../apps/server/src/testing/test-server.ts";
import { TestBrowser, watchFrames } from "../apps/web-viewer/e2e/chromium.ts";
import { ownDelayMs, soundDelayMs } from "../apps/web-viewer/e2e/perceive.ts";
import { WhepViewer } from "../apps/web-viewer/e2e/whep-viewer.ts";
import { median, printMachine, quantile } from "./machine.ts";

const seconds = Number(process.argv[2] ?? 30);
const WINDOWS = 3;
/** Of the picture that is passed through, with the sound playing. */
const PROMISE_MS = 60;

const x264 = (...own: string[]): string[] => [
  ...["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "1500k", "-pix_fmt", "yuv420p", ...own],
  ...["-g", "60", "-keyint_min", "60", "-sc_threshold", "0", "-c:a", "aac", "-b:a", "96k"],
];
const SOURCES = [
  { name: "passed through", args: x264("-tune", "zerolatency") },
  {
    name: "encoded (B-frames)",
    args: x264("-bf", "2", "-x264-params", "rc-lookahead=0:sync-lookahead=0"),
  },
];

printMachine();
await using server = await TestServer.start({ LOG_LEVEL: "warn" });
await using browser = await TestBrowser.launch();
const user = await RestClient.signUp(server.url, "bench");
const ownMs = await ownDelay();

for (const { name, args } of SOURCES) {
  const { stream_id, stream_key } = await user.startStream({ title: name, latency_mode: "ultra-low" });
  const publisher = PatternPublisher.start({
    ffmpegPath: "ffmpeg",
    url: server.rtmpUrl(stream_key),
    encoderArgs: args,
    soundAheadMs: 100,
  });
  try {
    while ((await user.stream(stream_id)).status !== "live") {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const whep = (await user.playback(stream_id)).playback_urls.whep ?? "";
    const page = await browser.context.newPage();
    await page.goto(server.url);
    const viewer = await WhepViewer.watch(page, whep);
    const medians: number[] = [];
    console.log(`${name}: offer → first picture ${Math.round(viewer.firstFrameMs)} ms (GOP 2 s)`);
    for (let window = 1; window <= WINDOWS; window += 1) {
      const frames = await watchFrames(page, (seconds * 1_000) / WINDOWS);
      const delays = frames.map(({ madeAtMs, shownAtMs }) => shownAtMs - madeAtMs);
      medians.push(median(delays));
      const ms = (value: number): string => value.toFixed(0);
      const { pictureBufferMs, soundBufferMs, packetsLost } = await viewer.stats();
      console.log(
        `${name}, ${window}. ${ms(seconds / WINDOWS)} s: median ${ms(median(delays))} ms` +
          ` [p5 ${ms(quantile(delays, 0.05))}, p95 ${ms(quantile(delays, 0.95))}], ${frames.length} frames;` +
          ` browser's buffer: picture ${ms(pictureBufferMs)} ms, sound ${ms(soundBufferMs)} ms; lost ${packetsLost}`,
      );
    }
    const heardMs = (await soundDelayMs(page)) - ownMs;
    const ratio = (median(medians) / PROMISE_MS).toFixed(2);
    console.log(`RTMP → WHEP, ${name}, is ${ratio} × the promised ${PROMISE_MS} ms`);
    console.log(`${name}: beep after flash ${heardMs.toFixed(0)} ms`);
    await viewer.leave();
    await page.close();
  } finally {
    await publisher.stop();
    await user.endStream(stream_id);
  }
}

async function ownDelay(): Promise<number> {
  const page = await browser.context.newPage();
  const ms = await ownDelayMs(page);
  await page.close();
  return ms;
}
