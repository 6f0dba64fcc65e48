import { parseVp8Descriptor, vp8KeyframeSize } from "@footlight/protocols/rtp/vp8-depacketiser.ts";
import { recordedOffer } from "@footlight/protocols/testing/recorded-offers.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestServer } from "../src/testing/test-server.ts";
import { WeriftViewer } from "../src/testing/werift-peer.ts";
import { breaks, has, isSound, openChannel, probe } from "./publisher-tools.ts";
import { openSession, watch } from "./whep-tools.ts";
import { type LoopedMedia, soundMedia, vp8Media, WeriftEncoder } from "./whip-publisher.ts";

let server: TestServer;
const encoders: WeriftEncoder[] = [];
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(async () => {
  await Promise.all(encoders.map((encoder) => encoder[Symbol.asyncDispose]()));
  await server?.[Symbol.asyncDispose]();
});

async function onAir(username: string, media: LoopedMedia) {
  const channel = await openChannel(server, username, "ultra-low");
  encoders.push(await WeriftEncoder.publish(`${server.url}/whip`, channel.key, media));
  return { ...channel, whep: `${server.url}/whep/${channel.id}` };
}

describe.concurrent("werift publishes by WHIP", () => {
  it("sound alone: it is heard by HLS and by WHEP", async () => {
    const { hls, whep, user, id } = await onAir("radio", soundMedia());
    const playlists = await hls.waitFor(has(3), 40_000);
    expect(playlists).toHaveLength(1);
    for (const playlist of playlists) {
      expect(isSound(playlist)).toBe(true);
      expect(breaks(playlist)).toBe(0);
      const map = playlist.segments.at(-1)?.map ?? "";
      const sound = await probe([map, ...playlist.segments.map(({ uri }) => uri)]);
      expect(sound.warnings).toBe("");
      expect(sound.streams).toMatchObject([{ codec_name: "aac", channels: 2 }]);
    }
    await using viewer = new WeriftViewer({ kinds: ["audio"] });
    await watch(whep, viewer);
    await viewer.receives("audio", 50);
    // Who asks for a picture, too, is told that there is none, and hears the sound.
    const { answer, url } = await openSession(whep, recordedOffer("chromium-viewer"));
    expect(answer).toMatch(/^m=video 0 /m);
    expect(answer).toMatch(/^m=audio (?!0)\d+ /m);
    await fetch(url, { method: "DELETE" });
    expect((await user.stream(id)).status).toBe("live");
  });

  it("VP8 without picture ids, in which mediasoup sees no keyframe: it is seen by HLS and by WHEP", async () => {
    const { hls, whep, user, id } = await onAir("no_ids", vp8Media(2, { pictureIds: false }));
    await using viewer = new WeriftViewer({ videoCodec: "VP8" });
    await watch(whep, viewer);
    await viewer.receives("audio", 50);
    await viewer.receives("video", 50);
    // Begins with a keyframe: so the worker does know them.
    const first = viewer.firstVideo ?? Buffer.alloc(0);
    const { length, beginsFrame } = parseVp8Descriptor(first);
    expect([beginsFrame, vp8KeyframeSize(first.subarray(length))]).toEqual([
      true,
      { width: 320, height: 180 },
    ]);
    const playlists = await hls.waitFor(has(3), 40_000);
    expect(playlists.some((playlist) => !isSound(playlist))).toBe(true);
    for (const playlist of playlists) expect(breaks(playlist)).toBe(0);
    expect((await user.stream(id)).status).toBe("live");
  });
});
