import { afterAll, beforeAll, test } from "vitest";
import { FfmpegPublisher } from "../src/testing/ffmpeg-publisher.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { until, WeriftViewer } from "../src/testing/werift-peer.ts";
import { SMALL_LADDER, sourceArgs } from "./low-latency-tools.ts";
import { FFMPEG } from "./publisher-tools.ts";
import { statusOf, watch } from "./whep-tools.ts";
import { h264Media, type LoopedMedia, WeriftEncoder } from "./whip-publisher.ts";

let server: TestServer;
let media: LoopedMedia;
beforeAll(async () => {
  media = h264Media();
  server = await TestServer.start({ LADDER: SMALL_LADDER, RECONNECT_GRACE_MS: "30000" });
});
const opened: AsyncDisposable[] = [];
const owned = <T extends AsyncDisposable>(one: T): T => {
  opened.push(one);
  return one;
};
afterAll(async () => {
  for (const one of opened) await one[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

async function prepare(username: string) {
  const user = await RestClient.signUp(server.url, username);
  const { stream_id: id, stream_key: key } = await user.startStream({
    title: username,
    latency_mode: "ultra-low",
  });
  return {
    key,
    whep: `${server.url}/whep/${id}`,
    isLive: async () => (await user.stream(id)).status === "live",
  };
}

/** As a client does that honours Retry-After, once. */
async function firstRetry<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("503")) throw error;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    return await ask();
  }
}

test("a media worker dies: sessions' URLs are 404 at once, publishers and viewers are in at their first retry", async () => {
  const [rtmp, whip] = [await prepare("by_rtmp"), await prepare("by_whip")];
  const encoder = FfmpegPublisher.start(FFMPEG, sourceArgs({ gop: 30 }), server.rtmpUrl(rtmp.key));
  opened.push({ [Symbol.asyncDispose]: async () => void (await encoder.kill()) });
  const endpoint = `${server.url}/whip`;
  const published = owned(await WeriftEncoder.publish(endpoint, whip.key, media));
  for (const { isLive } of [rtmp, whip]) await until(isLive, "a live stream");
  const sessions = [];
  for (const { whep } of [rtmp, whip]) {
    const viewer = owned(new WeriftViewer());
    sessions.push(await watch(whep, viewer));
    await viewer.receives("video", 10);
  }

  const pid = /"pid":(\d+),"msg":"media worker runs"/.exec(server.output)?.[1];
  process.kill(Number(pid), "SIGKILL");
  const gone = async (url: string, headers = {}) =>
    (await statusOf(fetch(url, { method: "DELETE", headers }))) === 404;
  for (const { url } of sessions) await until(() => gone(url), "a viewer's 404", 1_000);
  const bearer = { authorization: `Bearer ${whip.key}` };
  await until(() => gone(published.url, bearer), "the publisher's 404", 1_000);

  owned(await firstRetry(() => WeriftEncoder.publish(endpoint, whip.key, media)));
  for (const { whep } of [rtmp, whip]) {
    const viewer = owned(new WeriftViewer());
    await firstRetry(() => watch(whep, viewer));
    await viewer.receives("video", 10);
  }
  for (const { isLive } of [rtmp, whip]) await until(isLive, "the same stream, live");
});
