import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { beeps, flashes, skewsMs } from "../../server/src/testing/flash-beep.ts";
import { HlsClient, type MediaPlaylist, probePackets } from "../../server/src/testing/hls-client.ts";
import { House, until } from "./house.ts";
import { type WhipPicture, WhipPublisher } from "./whip-publisher.ts";

const FFMPEG = "/usr/bin/ffmpeg";
/** ITU-R BT.1359: sound 45 ms early is where viewers begin to notice. */
const TOLERANCE_MS = 45;
const FLASH: WhipPicture = { width: 640, height: 360, fps: 30, codec: "H264", source: "flash" };

let house: House;
const publishers: WhipPublisher[] = [];
beforeAll(async () => {
  house = await House.open({ RECONNECT_GRACE_MS: "20000" });
});
afterEach(async () => {
  for (const { page } of publishers.splice(0)) await page.close();
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

async function publish(key: string, picture: WhipPicture = FLASH): Promise<WhipPublisher> {
  const { page } = await house.visit("/");
  const publisher = await WhipPublisher.publish(page, `${house.server.url}/whip`, key, picture);
  publishers.push(publisher);
  return publisher;
}

async function channel(username: string) {
  const { rest } = await house.streamer(username);
  const { stream_id: id, stream_key: key, ingest_urls } = await rest.startStream({ title: username });
  expect(ingest_urls.webrtc).toBe(`${house.server.url}/whip`);
  const hls = new HlsClient((await rest.playback(id)).playback_urls.hls ?? "");
  return { rest, id, key, hls };
}

const has = (count: number) => (playlist: MediaPlaylist) => playlist.segments.length >= count;
const isSound = ({ segments }: MediaPlaylist): boolean => segments[0]?.uri.includes("/audio/") ?? false;
const largest = (playlists: readonly MediaPlaylist[]): MediaPlaylist =>
  playlists.find(({ segments }) => segments.at(-1)?.uri.includes("/360p/")) as MediaPlaylist;
const breaks = ({ segments }: MediaPlaylist): number =>
  segments.filter(({ discontinuity }) => discontinuity).length;

/** What ffprobe finds in a media playlist's last stretch. */
async function streamsOf({ segments }: MediaPlaylist) {
  const map = segments.at(-1)?.map ?? "";
  const uris = segments.filter((segment) => segment.map === map).map(({ uri }) => uri);
  const input = `concat:${[map, ...uris].join("|")}`;
  return probePackets("/usr/bin/ffprobe", input, ["-protocol_whitelist", "concat,http,tcp"]);
}

describe("Chromium publishes by WHIP", () => {
  it("and is seen by HLS, in step, without a break, until it says goodbye", async () => {
    const { rest, id, key, hls } = await channel("flasher");
    const publisher = await publish(key);
    const playlists = await hls.waitFor(has(6), 40_000);
    expect((await rest.stream(id)).status).toBe("live");

    const sound = playlists.find(isSound) as MediaPlaylist;
    const best = largest(playlists);
    expect(playlists.map(breaks)).toEqual(playlists.map(() => 0));
    const picture = await streamsOf(best);
    expect(picture.warnings).toBe("");
    expect(picture.streams).toMatchObject([{ codec_name: "h264", width: 640, height: 360 }]);
    const steps = picture.packets.slice(1).map(({ dts }, i) => dts - (picture.packets[i]?.dts ?? 0));
    // What a busy Chromium leaves out is a picture or two; what we would lose is a part, a second or more.
    expect(Math.max(...steps)).toBeLessThan(0.2);
    expect((await streamsOf(sound)).streams).toMatchObject([{ codec_name: "aac", channels: 2 }]);

    const skews = skewsMs(await flashes(FFMPEG, best), await beeps(FFMPEG, sound));
    expect(skews.length).toBeGreaterThanOrEqual(6);
    const sorted = skews.sort((a, b) => a - b);
    const skewMs = sorted[sorted.length >> 1] ?? Number.NaN;
    expect(Math.abs(skewMs), `${skews.map(Math.round)} ms`).toBeLessThan(TOLERANCE_MS);

    expect(await publisher.unpublish()).toBe(200);
    await until("an interrupted stream", async () => (await rest.stream(id)).status === "interrupted");
    const again = await fetch(publisher.sessionUrl, {
      method: "DELETE",
      headers: { authorization: `Bearer ${key}` },
    });
    expect(again.status).toBe(404);
  });

  it("with VP8, and what comes out is H.264", async () => {
    const { key, hls } = await channel("vp8");
    await publish(key, { ...FLASH, codec: "VP8", source: "camera" });
    const best = largest(await hls.waitFor(has(3), 40_000));
    expect(breaks(best)).toBe(0);
    expect((await streamsOf(best)).streams).toMatchObject([{ codec_name: "h264", width: 640, height: 360 }]);
  });

  it("in layers, the best of which is encoded for all", async () => {
    const { rest, id, key, hls } = await channel("layers");
    // Chromium makes three of them from 960x540 on.
    const publisher = await publish(key, { ...FLASH, width: 960, height: 540, simulcast: true });
    await hls.waitFor(has(1), 40_000);
    // Where the first picture was of a smaller layer, the best follows when it has stayed.
    await until(
      "the best layer",
      async () => (await rest.playback(id)).qualities[0]?.name === "540p",
      30_000,
    );
    expect(await publisher.layers()).toBe(3);
  });

  it("and comes back within the grace as the same stream", async () => {
    const { rest, id, key, hls } = await channel("returner");
    const first = await publish(key);
    await hls.waitFor(has(2), 40_000);
    await first.hangUp();
    await until("an interrupted stream", async () => (await rest.stream(id)).status === "interrupted");
    await publish(key);
    const playlists = await hls.waitFor((playlist) => breaks(playlist) === 1, 40_000);
    expect((await rest.stream(id)).status).toBe("live");
    for (const { ended, text } of playlists) expect(ended, text).toBe(false);
  });

  it("and is refused while another sends with its key, and with a key that is none", async () => {
    const { id, rest, key } = await channel("contested");
    await publish(key);
    await until("a live stream", async () => (await rest.stream(id)).status === "live");
    await expect(publish(key)).rejects.toThrow(/WHIP 409: .*already live from another encoder/);
    await expect(publish("not-a-key")).rejects.toThrow(/WHIP 401: .*Wrong stream key/);
    expect((await rest.stream(id)).status).toBe("live");
  });
});
