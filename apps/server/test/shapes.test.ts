import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FfmpegPublisher, type Shape } from "../src/testing/ffmpeg-publisher.ts";
import { HlsClient, type MediaPlaylist, probePackets } from "../src/testing/hls-client.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import { TestServer } from "../src/testing/test-server.ts";

const FFMPEG = "/usr/bin/ffmpeg";
const FFPROBE = "/usr/bin/ffprobe";

const picture = (size: string, rate: string | number) => [
  "-re",
  "-f",
  "lavfi",
  "-i",
  `testsrc2=size=${size}:rate=${rate}`,
];
const tone = (rate: number, layout = "stereo") => [
  ...["-re", "-f", "lavfi", "-i", `sine=frequency=440:sample_rate=${rate}`],
  ...["-ac", layout === "mono" ? "1" : "2"],
];
const x264 = (gop: number, ...more: string[]) => [
  ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "500k", "-g", String(gop)],
  ...more,
];
const aac = ["-c:a", "aac", "-b:a", "64k"];

interface Case extends Shape {
  readonly video?: { readonly sizes: readonly string[]; readonly segmentS: number; readonly source: boolean };
  readonly audio: boolean;
}

const SHAPES: readonly Case[] = [
  {
    name: "2 s GOPs, no B-frames",
    args: [...picture("320x180", 30), ...tone(48_000), ...x264(60, "-sc_threshold", "0", "-bf", "0"), ...aac],
    video: { sizes: ["320x180"], segmentS: 2, source: true },
    audio: true,
  },
  {
    name: "B-frames and 1 s GOPs",
    args: [
      ...picture("640x360", 25),
      ...tone(48_000),
      ...x264(25, "-sc_threshold", "0", "-bf", "3", "-preset", "veryfast"),
      ...aac,
    ],
    video: { sizes: ["640x360"], segmentS: 2, source: true },
    audio: true,
  },
  {
    name: "OBS's default: 250-frame GOP, 3 B-frames",
    args: [
      ...picture("320x180", 30),
      ...tone(48_000),
      ...x264(250, "-bf", "3", "-preset", "veryfast"),
      ...aac,
    ],
    video: { sizes: ["320x180"], segmentS: 2, source: false },
    audio: true,
  },
  {
    name: "44.1 kHz mono",
    args: [...picture("320x180", 30), ...tone(44_100, "mono"), ...x264(60, "-sc_threshold", "0"), ...aac],
    video: { sizes: ["320x180"], segmentS: 2, source: true },
    audio: true,
  },
  {
    name: "no sound",
    args: [...picture("320x180", 30), ...x264(60, "-sc_threshold", "0"), "-an"],
    video: { sizes: ["320x180"], segmentS: 2, source: true },
    audio: false,
  },
  { name: "sound only", args: [...tone(48_000), ...aac, "-vn"], audio: true },
  {
    name: "portrait",
    args: [...picture("360x640", 30), ...tone(48_000), ...x264(60, "-sc_threshold", "0"), ...aac],
    video: { sizes: ["360x640"], segmentS: 2, source: true },
    audio: true,
  },
  {
    name: "60 fps",
    args: [...picture("320x180", 60), ...tone(48_000), ...x264(120, "-sc_threshold", "0"), ...aac],
    video: { sizes: ["320x180"], segmentS: 2, source: true },
    audio: true,
  },
  {
    name: "29.97 fps",
    args: [...picture("320x180", "30000/1001"), ...tone(48_000), ...x264(60, "-sc_threshold", "0"), ...aac],
    video: { sizes: ["320x180"], segmentS: 2.002, source: true },
    audio: true,
  },
  {
    name: "an odd size",
    args: [...picture("322x182", 30), ...tone(48_000), ...x264(60, "-sc_threshold", "0"), ...aac],
    video: { sizes: ["322x182"], segmentS: 2, source: true },
    audio: true,
  },
];

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start({ MAX_STREAMS: String(SHAPES.length) });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe("every odd shape becomes a playable stream", () => {
  it.concurrent.each(SHAPES)("$name", { timeout: 60_000 }, async (shape) => {
    const username = `s_${SHAPES.indexOf(shape)}_shape`;
    const user = await RestClient.signUp(server.url, username);
    const started = await user.startStream({ title: shape.name });
    const publisher = FfmpegPublisher.start(FFMPEG, shape.args, server.rtmpUrl(started.stream_key));
    try {
      const { playback_urls } = await user.playback(started.stream_id);
      const hls = new HlsClient(playback_urls.hls ?? "");
      const playlists = await hls.waitFor(({ segments }) => segments.length >= 3, 30_000);
      await checkMaster(hls, shape);
      await checkPlaylists(playlists, shape);
    } finally {
      await publisher.stop();
    }
    await user.endStream(started.stream_id);
    const ended = await new HlsClient(
      (await user.playback(started.stream_id)).playback_urls.hls ?? "",
    ).waitFor((playlist) => playlist.ended);
    expect(ended.length).toBeGreaterThan(0);
  });
});

async function checkMaster(hls: HlsClient, shape: Case): Promise<void> {
  const { variants, audio } = await hls.master();
  expect(variants.length).toBeGreaterThan(0);
  expect(audio.length > 0 || shape.video === undefined).toBe(shape.audio || shape.video === undefined);
  const sizes = variants.map(({ attributes }) => attributes["RESOLUTION"]);
  for (const size of shape.video?.sizes ?? []) expect(sizes).toContain(size);
  if (shape.video !== undefined) {
    expect(variants.some(({ uri }) => uri.includes("/source/"))).toBe(shape.video.source);
    for (const { attributes } of variants) {
      expect(attributes["CODECS"]).toMatch(/^avc1\.[0-9a-f]{6}(,mp4a\.40\.2)?$/i);
      expect(Number(attributes["FRAME-RATE"])).toBeGreaterThan(20);
      expect(Number(attributes["BANDWIDTH"])).toBeGreaterThanOrEqual(Number(attributes["AVERAGE-BANDWIDTH"]));
    }
  }
}

async function checkPlaylists(playlists: readonly MediaPlaylist[], shape: Case): Promise<void> {
  const first = Math.max(...playlists.map(({ mediaSequence }) => mediaSequence));
  const common = (list: MediaPlaylist) => list.segments.filter(({ seq }) => seq >= first).slice(0, 2);
  const reference = common(playlists[0] as MediaPlaylist);
  for (const playlist of playlists) {
    for (const [i, segment] of common(playlist).entries()) {
      const expected = shape.video?.segmentS ?? 2;
      expect(Math.abs(segment.durationS - expected), playlist.text).toBeLessThan(0.03);
      expect(segment.durationS).toBeLessThanOrEqual(playlist.targetDurationS + 0.5);
      const skewMs = Math.abs((segment.programDateMs ?? 0) - (reference[i]?.programDateMs ?? 0));
      expect(skewMs, "program date-times agree").toBeLessThan(24);
    }
  }
  const video = playlists.filter(({ segments }) => !segments[0]?.uri.includes("/audio/"));
  const starts: number[][] = [];
  for (const playlist of video) starts.push(await checkVideo(playlist, first));
  for (const list of starts) expect(list).toEqual(starts[0]);
}

/** Each segment by itself: begins with a keyframe, times rise. Returns where its segments start. */
async function checkVideo(playlist: MediaPlaylist, first: number): Promise<number[]> {
  const starts: number[] = [];
  for (const segment of playlist.segments.filter(({ seq }) => seq >= first).slice(0, 2)) {
    const { packets, streams, warnings } = await probePackets(
      FFPROBE,
      `concat:${segment.map}|${segment.uri}`,
      ["-protocol_whitelist", "concat,http,tcp"],
    );
    expect(warnings).toBe("");
    expect(streams).toHaveLength(1);
    expect(packets[0]?.keyframe).toBe(true);
    for (const [i, packet] of packets.entries()) {
      if (i > 0) expect(packet.dts).toBeGreaterThan(packets[i - 1]?.dts ?? 0);
    }
    const lowest = Math.min(...packets.map(({ pts }) => pts));
    expect(packets[0]?.pts).toBe(lowest);
    starts.push(lowest);
  }
  return starts;
}
