import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { beeps } from "../src/testing/flash-beep.ts";
import type { MediaPlaylist } from "../src/testing/hls-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { until } from "../src/testing/werift-peer.ts";
import { breaks, FFMPEG, has, isSound, openChannel, probe, type TestChannel } from "./publisher-tools.ts";
import { h264Media, type LoopedMedia, vp8Media, WeriftEncoder } from "./whip-publisher.ts";

let server: TestServer;
let h264: LoopedMedia;
let vp8: LoopedMedia;
const encoders: WeriftEncoder[] = [];
beforeAll(async () => {
  h264 = h264Media();
  vp8 = vp8Media();
  server = await TestServer.start({ LOG_LEVEL: "info", RECONNECT_GRACE_MS: "20000" });
});
afterEach(async () => {
  await Promise.all(encoders.splice(0).map((encoder) => encoder[Symbol.asyncDispose]()));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function publish(
  key: string,
  media: LoopedMedia,
  muted?: WeriftEncoder["muted"],
): Promise<WeriftEncoder> {
  const encoder = await WeriftEncoder.publish(`${server.url}/whip`, key, media, muted);
  encoders.push(encoder);
  return encoder;
}

interface Health {
  readonly protocol: string;
  readonly videoCodec: string | null;
  readonly audioCodec: string | null;
  readonly width: number | null;
  readonly videoBitrateBps: number;
  readonly passthrough: boolean | null;
}
const healthOf = async ({ trpc }: TestChannel): Promise<Health | null> =>
  ((await trpc.query("dashboard.get")).data as { health: Health | null }).health;
const statusOf = async ({ user, id }: TestChannel): Promise<string> => (await user.stream(id)).status;
const reaches = (channel: TestChannel, status: string) =>
  until(async () => (await statusOf(channel)) === status, `${channel.id} to be ${status}`);

/** Init and segments of a playlist's last run, as ffprobe reads them. */
function lastRun({ segments }: MediaPlaylist) {
  const map = segments.at(-1)?.map ?? "";
  return probe([map, ...segments.filter((segment) => segment.map === map).map(({ uri }) => uri)]);
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^footlight_${name} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
}

describe("werift publishes by WHIP", () => {
  it("H.264 with a steady rate, which is passed through", async () => {
    const channel = await openChannel(server, "steady");
    await publish(channel.key, h264);
    const playlists = await channel.hls.waitFor(has(3), 30_000);
    expect(await healthOf(channel)).toMatchObject({
      protocol: "whip",
      videoCodec: expect.stringMatching(/^avc1\.42c0/),
      audioCodec: "opus",
      width: 640,
      passthrough: true,
    });
    expect((await healthOf(channel))?.videoBitrateBps).toBeGreaterThan(50_000);
    const source = playlists.find(({ segments }) => segments[0]?.uri.includes("/source/"));
    const { streams, packets, warnings } = await lastRun(source as MediaPlaylist);
    expect(warnings).toBe("");
    expect(streams).toMatchObject([{ codec_name: "h264", width: 640, height: 360 }]);
    const steps = packets.slice(1).map(({ dts }, i) => Math.round((dts - (packets[i]?.dts ?? 0)) * 30));
    expect(new Set(steps)).toEqual(new Set([1]));
    const sound = await lastRun(playlists.find(isSound) as MediaPlaylist);
    expect(sound.streams).toMatchObject([{ codec_name: "aac", channels: 2 }]);
  });

  it("VP8 over a line that loses packets, and the stream goes on", async () => {
    const channel = await openChannel(server, "lossy");
    const encoder = await publish(channel.key, vp8);
    await channel.hls.waitFor(has(1), 30_000);
    const lostBefore = await metric("whip_packets_lost_total");
    encoder.lossEvery = 40;
    await until(async () => (await metric("whip_packets_lost_total")) > lostBefore + 3, "lost packets");
    encoder.lossEvery = 0;
    const before = Math.max(...(await channel.hls.mediaPlaylists()).map(({ segments }) => segments.length));
    const playlists = await channel.hls.waitFor(has(before + 2), 30_000);
    expect(await metric("whip_frames_dropped_total")).toBeGreaterThan(0);
    expect(await statusOf(channel)).toBe("live");
    for (const playlist of playlists) expect(breaks(playlist), playlist.text).toBe(0);
    expect(await healthOf(channel)).toMatchObject({
      videoCodec: "vp8",
      audioCodec: "opus",
      passthrough: false,
    });
  });

  it("and the picture stands still for seconds, then goes on", async () => {
    const channel = await openChannel(server, "frozen");
    const encoder = await publish(channel.key, vp8);
    await channel.hls.waitFor(has(2), 30_000);
    encoder.muted = "video";
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    encoder.muted = undefined;
    const playlists = await channel.hls.waitFor(has(6), 30_000);
    for (const playlist of playlists) expect(breaks(playlist), playlist.text).toBe(0);
    const picture = playlists.find((playlist) => !isSound(playlist)) as MediaPlaylist;
    const { packets } = await lastRun(picture);
    const steps = packets.slice(1).map(({ dts }, i) => dts - (packets[i]?.dts ?? 0));
    // Its last picture was repeated meanwhile.
    expect(Math.max(...steps)).toBeLessThan(0.05);
  });

  it("with a microphone that is muted at first: its place is kept by silence", async () => {
    const channel = await openChannel(server, "muted");
    const encoder = await publish(channel.key, vp8, "audio");
    await channel.hls.waitFor(has(2), 30_000);
    encoder.muted = undefined;
    const playlists = await channel.hls.waitFor(has(5), 30_000);
    for (const playlist of playlists) expect(breaks(playlist), playlist.text).toBe(0);
    const heard = await beeps(FFMPEG, playlists.find(isSound) as MediaPlaylist);
    // Once, but for the splice where sender reports move it.
    expect(heard.length).toBeGreaterThanOrEqual(1);
    expect(heard[0]).toBeGreaterThan(1);
  });

  it("and the picture is away for so long that it begins anew", async () => {
    const channel = await openChannel(server, "away");
    const encoder = await publish(channel.key, vp8);
    await channel.hls.waitFor(has(2), 30_000);
    encoder.muted = "video";
    await new Promise((resolve) => setTimeout(resolve, 6_500));
    encoder.muted = undefined;
    const playlists = await channel.hls.waitFor((playlist) => breaks(playlist) === 1, 30_000);
    expect(await statusOf(channel)).toBe("live");
    for (const { ended, text } of playlists) expect(ended, text).toBe(false);
  });
});

describe("a WHIP publication ends", () => {
  const gone = (encoder: WeriftEncoder) =>
    until(async () => (await encoder.delete()) === 404, "a session that is gone");

  it("with DELETE, and the stream waits for it", async () => {
    const channel = await openChannel(server, "leaver");
    const encoder = await publish(channel.key, vp8);
    await reaches(channel, "live");
    expect(await encoder.delete()).toBe(200);
    await reaches(channel, "interrupted");
    expect(await encoder.delete()).toBe(404);
  });

  it("when it is silent and another comes with its key: the same stream goes on", async () => {
    const channel = await openChannel(server, "silent");
    const first = await publish(channel.key, vp8);
    await reaches(channel, "live");
    await expect(publish(channel.key, vp8)).rejects.toThrow(/^409 .*key_in_use/);
    first.muted = "both";
    await publish(channel.key, h264);
    await gone(first);
    await reaches(channel, "live");
    expect((await healthOf(channel))?.videoCodec).toMatch(/^avc1/);
  });

  it("when its key is replaced, or the stream is ended", async () => {
    const channel = await openChannel(server, "rotator");
    const first = await publish(channel.key, vp8);
    await reaches(channel, "live");
    const { data } = await channel.trpc.mutate("dashboard.rotateKey");
    await gone(first);
    await expect(publish(channel.key, vp8)).rejects.toThrow(/^401 .*unauthenticated/);
    const second = await publish((data as { streamKey: string }).streamKey, vp8);
    await reaches(channel, "live");
    await channel.user.endStream(channel.id);
    await gone(second);
    expect(await statusOf(channel)).toBe("ended");
    expect(server.output).toContain('"area":"whip"');
    expect(server.output).not.toContain(channel.key);
  });
});
