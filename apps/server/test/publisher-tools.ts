import type { FlvTag } from "@footlight/protocols/flv/flv-file.ts";
import { rest } from "@footlight/shared";
import { expect } from "vitest";
import { beeps, flashes, skewsMs } from "../src/testing/flash-beep.ts";
import { HlsClient, type MediaPlaylist, probePackets } from "../src/testing/hls-client.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import { RtmpPublisher } from "../src/testing/rtmp-publisher.ts";
import { flvTags } from "../src/testing/rtmp-publisher-media.ts";
import type { TestServer } from "../src/testing/test-server.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";

/** Date-times count from arrival here, and each publisher's frames arrive as late as the machine is busy. */
const CLOCK_STEP_MS = 100;

export const FFMPEG = "/usr/bin/ffmpeg";
export const FFPROBE = "/usr/bin/ffprobe";
/** ITU-R BT.1359: sound 45 ms early is where viewers begin to notice. */
const TOLERANCE_MS = 45;

export const VIDEO = 9;
export const AUDIO = 8;
const SCRIPT = 18;

export interface TestChannel {
  readonly user: RestClient;
  readonly trpc: TrpcCaller;
  readonly id: string;
  readonly key: string;
  readonly hls: HlsClient;
}

/** A new user with a stream that is ready for its encoder. */
export async function openChannel(
  server: TestServer,
  username: string,
  latencyMode: "low" | "ultra-low" = "low",
): Promise<TestChannel> {
  const body = { username, email: `${username}@example.org`, password: `correct horse ${username}` };
  const anyone = new RestClient(server.url);
  const { token } = await anyone.call("POST", "/api/v1/users", rest.SessionAnswer, body);
  const user = new RestClient(server.url, token);
  const { stream_id: id, stream_key: key } = await user.startStream({
    title: username,
    latency_mode: latencyMode,
  });
  const hls = new HlsClient((await user.playback(id)).playback_urls.hls ?? "");
  return { user, trpc: new TrpcCaller(server.url, { authorization: `Bearer ${token}` }), id, key, hls };
}

export function publish(server: TestServer, key: string): Promise<RtmpPublisher> {
  return RtmpPublisher.publish({ port: server.rtmpPort }, key);
}

/** A white flash and a beep on each full second (what `flash-beep.ts` looks for), 1 s GOPs, no B-frames. */
export function flashBeepTags(seconds: number, size = "320x180", fps = 30, gop = fps): Promise<FlvTag[]> {
  const flash = "drawbox=x=0:y=ih*0.8:w=iw:h=ih*0.2:t=fill:color";
  return flvTags([
    ...["-f", "lavfi", "-i", `testsrc=size=${size}:rate=${fps}`],
    ...["-f", "lavfi", "-i", "aevalsrc='0.4*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=48000:c=stereo"],
    ...["-vf", `${flash}=black,${flash}=white:enable='lt(mod(t,1),0.099)'`],
    ...["-t", String(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-g", String(gop), "-bf", "0"],
    ...["-sc_threshold", "0", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k"],
  ]);
}

/** Headers belong to the beginning, whatever their time says. */
const isHeader = ({ type, body }: FlvTag): boolean => type === SCRIPT || body[1] === 0;

/** What a test recorded, in pieces of time: `from <= t < until`, milliseconds; headers go with the first. */
export function between(tags: readonly FlvTag[], from: number, until = Number.POSITIVE_INFINITY): FlvTag[] {
  return tags.filter((tag) => (isHeader(tag) ? from === 0 : tag.timestamp >= from && tag.timestamp < until));
}

export const has = (count: number) => (playlist: MediaPlaylist) => playlist.segments.length >= count;
export const reaches =
  (seq: number) =>
  ({ segments }: MediaPlaylist) =>
    (segments.at(-1)?.seq ?? -1) >= seq;
export const lastSeq = (playlists: readonly MediaPlaylist[]): number =>
  Math.max(...playlists.map(({ segments }) => segments.at(-1)?.seq ?? -1));
export const breaks = ({ segments }: MediaPlaylist): number =>
  segments.filter(({ discontinuity }) => discontinuity).length;
export const isSound = ({ segments }: MediaPlaylist): boolean =>
  segments[0]?.uri.includes("/audio/") ?? false;

/** On air, and one timeline for all: program date-times rise with the durations, and agree with decode times. */
export async function expectOneTimeline(playlists: readonly MediaPlaylist[]): Promise<void> {
  for (const playlist of playlists) {
    const { segments, text } = playlist;
    expect(playlist.ended, text).toBe(false);
    for (const [i, { programDateMs = 0, discontinuity }] of segments.entries()) {
      const before = segments[i - 1];
      if (before === undefined) continue;
      const expected = (before.programDateMs ?? 0) + before.durationS * 1_000;
      if (discontinuity) expect(programDateMs, text).toBeGreaterThan(expected - CLOCK_STEP_MS);
      else expect(Math.abs(programDateMs - expected), text).toBeLessThan(CLOCK_STEP_MS);
    }
    await expectDecodeTimes(playlist);
  }
}

async function expectDecodeTimes({ segments }: MediaPlaylist): Promise<void> {
  let lastDts = Number.NEGATIVE_INFINITY;
  const epochs: number[] = [];
  for (const map of new Set(segments.map((segment) => segment.map))) {
    const part = segments.filter((segment) => segment.map === map && !segment.gap);
    const first = part[0];
    if (first === undefined) continue;
    const { packets, warnings } = await probe([map, ...part.map(({ uri }) => uri)]);
    expect(warnings).toBe("");
    epochs.push((first.programDateMs ?? 0) - Math.min(...packets.map(({ pts }) => pts)) * 1_000);
    for (const { dts } of packets) {
      expect(dts).toBeGreaterThan(lastDts);
      lastDts = dts;
    }
  }
  expect(Math.max(...epochs) - Math.min(...epochs), "one epoch for all runs").toBeLessThan(CLOCK_STEP_MS);
}

export function probe(urls: readonly string[]) {
  return probePackets(FFPROBE, `concat:${urls.join("|")}`, ["-protocol_whitelist", "concat,http,tcp"]);
}

/** In the last unbroken stretch of each picture, flash and beep come together. */
export async function expectInSync(playlists: readonly MediaPlaylist[], atLeast = 3): Promise<void> {
  const sound = playlists.find(isSound) as MediaPlaylist;
  const beepTimes = await beeps(FFMPEG, sound);
  expect(beepTimes.length, sound.text).toBeGreaterThanOrEqual(atLeast);
  for (const picture of playlists.filter((playlist) => !isSound(playlist))) {
    const skews = skewsMs(await flashes(FFMPEG, picture), beepTimes);
    expect(skews.length, picture.text).toBeGreaterThanOrEqual(atLeast);
    for (const skew of skews) {
      expect(Math.abs(skew), `${skews.map(Math.round)} ms`).toBeLessThan(TOLERANCE_MS);
    }
  }
}
