import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RestClient } from "../src/testing/rest-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { SMALL_LADDER } from "./low-latency-tools.ts";
import { FirefoxPage, ownAddress, StackPeer } from "./webrtc-stacks-peers.ts";

/** Stacks that are neither ours, Chromium's nor werift's, as Debian has them; each publishes and plays. */
describe("other WebRTC stacks", () => {
  let server: TestServer;
  beforeAll(async () => {
    const address = ownAddress();
    const here = address === "127.0.0.1" ? {} : { HOST: "0.0.0.0" };
    server = await TestServer.start({ LADDER: SMALL_LADDER, RTC_ANNOUNCED_ADDRESS: address, ...here });
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  async function prepared(username: string) {
    const user = await RestClient.signUp(server.url, username);
    const { stream_id, stream_key } = await user.startStream({ title: username, latency_mode: "ultra-low" });
    const { playback_urls } = await user.playback(stream_id);
    return {
      user,
      id: stream_id,
      key: stream_key,
      whip: `${server.url}/whip`,
      whep: playback_urls.whep ?? "",
    };
  }

  test("GStreamer publishes H.264 and Opus, aiortc plays them", async () => {
    const { user, id, key, whip, whep } = await prepared("from_gstreamer");
    await using publisher = StackPeer.start("gstreamer", whip, key);
    await publisher.says("connected");
    await using player = StackPeer.start("aiortc", whep);
    await player.says("video 16");
    await player.says("audio 32");
    expect((await user.stream(id)).status).toBe("live");
  });

  test("aiortc publishes H.264 and Opus, GStreamer plays them", async () => {
    const { user, id, key, whip, whep } = await prepared("from_aiortc");
    await using publisher = StackPeer.start("aiortc", whip, key);
    await publisher.says("connected");
    await using player = StackPeer.start("gstreamer", whep);
    await player.says("video 16");
    await player.says("audio 32");
    expect((await user.stream(id)).status).toBe("live");
  });

  test("Firefox publishes, and plays it, in VP8 where it has no H.264 yet", async () => {
    const { user, id, key, whip, whep } = await prepared("from_firefox");
    await using page = await FirefoxPage.open({ whip, whep, key });
    await page.says("published");
    await page.says("played true");
    expect((await user.stream(id)).status).toBe("live");
  });
});
