import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beeps, flashes, skewsMs } from "../src/testing/flash-beep.ts";
import { HlsClient, type MediaPlaylist } from "../src/testing/hls-client.ts";
import { PatternPublisher } from "../src/testing/pattern-publisher.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import { TestServer } from "../src/testing/test-server.ts";

const FFMPEG = "/usr/bin/ffmpeg";
/** ITU-R BT.1359: sound 45 ms early is where viewers begin to notice. */
const TOLERANCE_MS = 45;

const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "600k", "-pix_fmt", "yuv420p", "-g", "60"];
const CASES = [
  { name: "no B-frames", args: [...x264, "-tune", "zerolatency", "-sc_threshold", "0", "-c:a", "aac"] },
  {
    name: "B-frames",
    args: [...x264, "-preset", "veryfast", "-bf", "3", "-sc_threshold", "0", "-c:a", "aac"],
  },
  {
    name: "44.1 kHz mono and a GOP that must be re-encoded",
    args: [...x264, "-g", "250", "-c:a", "aac", "-ar", "44100", "-ac", "1"],
  },
];

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function expectInSync(hls: HlsClient, playlists: readonly MediaPlaylist[]): Promise<void> {
  const { variants } = await hls.master();
  const audio = playlists.at(-1) as MediaPlaylist;
  const beepTimes = await beeps(FFMPEG, audio);
  expect(beepTimes.length).toBeGreaterThanOrEqual(3);
  for (const video of playlists.slice(0, variants.length)) {
    const skews = skewsMs(await flashes(FFMPEG, video), beepTimes);
    expect(skews.length).toBeGreaterThanOrEqual(3);
    for (const skew of skews)
      expect(Math.abs(skew), `${skews.map(Math.round)} ms`).toBeLessThan(TOLERANCE_MS);
  }
}

describe("flash and beep agree at the viewer", () => {
  it.concurrent.each(CASES)("$name", { timeout: 60_000 }, async ({ args }) => {
    const user = await RestClient.signUp(
      server.url,
      `sync_${CASES.findIndex((each) => each.args === args)}_`,
    );
    const { stream_id, stream_key } = await user.startStream();
    const publish = () =>
      PatternPublisher.start({
        ffmpegPath: FFMPEG,
        url: server.rtmpUrl(stream_key),
        width: 320,
        height: 180,
        encoderArgs: args,
      });
    const hls = new HlsClient((await user.playback(stream_id)).playback_urls.hls ?? "");
    const first = publish();
    await expectInSync(hls, await hls.waitFor(({ segments }) => segments.length >= 4, 30_000)).finally(() =>
      first.kill(),
    );
    const second = publish();
    const afterBreak = ({ segments }: MediaPlaylist) =>
      segments.length - segments.findLastIndex(({ discontinuity }) => discontinuity) >= 4 &&
      segments.some(({ discontinuity }) => discontinuity);
    await expectInSync(hls, await hls.waitFor(afterBreak, 30_000)).finally(() => second.stop());
    await user.endStream(stream_id);
  });
});
