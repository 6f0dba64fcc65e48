import { readChunks } from "@footlight/protocols/fmp4/reader.ts";
import { expect, vi } from "vitest";
import { FfmpegPublisher } from "../src/testing/ffmpeg-publisher.ts";
import { readPlaylist } from "../src/testing/hls-client.ts";
import { type Fetched, fetchWhole } from "../src/testing/low-latency-client.ts";
import type { ListedSegment, MediaPlaylist } from "../src/testing/media-playlist-reader.ts";
import type { TestServer } from "../src/testing/test-server.ts";
import { FFMPEG, openChannel, type TestChannel } from "./publisher-tools.ts";

/** Two small rungs, so that a machine with two cores carries several streams; one keeps to 30 fps. */
export const SMALL_LADDER = JSON.stringify([
  { name: "90p", height: 90, maxFps: 60, bitrateBps: 200_000, alwaysOn: true },
  { name: "72p", height: 72, maxFps: 30, bitrateBps: 100_000, alwaysOn: true },
]);

export interface SourceOptions {
  readonly fps?: string;
  /** Frames from keyframe to keyframe; two seconds by default. */
  readonly gop?: number;
  readonly bFrames?: number;
  readonly picture?: boolean;
  readonly sound?: boolean;
}

/** What a real ffmpeg publishes in real time: a moving picture with keyframes every two seconds, and a tone. */
export function sourceArgs(options: SourceOptions = {}): string[] {
  const { fps = "30", bFrames = 0, picture = true, sound = true } = options;
  const [num = 30, den = 1] = fps.split("/").map(Number);
  const gop = options.gop ?? Math.round((2 * num) / den);
  return [
    ...(picture ? ["-re", "-f", "lavfi", "-i", `testsrc2=size=320x180:rate=${fps}`] : []),
    ...(sound ? ["-re", "-f", "lavfi", "-i", "sine=sample_rate=48000"] : []),
    ...(picture
      ? [
          ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "400k"],
          ...["-g", String(gop), "-keyint_min", String(gop), "-sc_threshold", "0", "-bf", String(bFrames)],
          ...(bFrames === 0 ? ["-tune", "zerolatency"] : []),
        ]
      : ["-vn"]),
    ...(sound ? ["-c:a", "aac", "-b:a", "64k", "-ac", "2"] : ["-an"]),
  ];
}

export interface LowLatencyStream extends TestChannel {
  readonly publisher: FfmpegPublisher;
  /** Low-latency multivariant playlist. */
  readonly url: string;
}

export async function goLive(
  server: TestServer,
  username: string,
  options: SourceOptions = {},
): Promise<LowLatencyStream> {
  const channel = await openChannel(server, username);
  const url = (await channel.user.playback(channel.id)).playback_urls.ll_hls;
  if (url === null) throw new Error("the stream has no low-latency tier");
  const publisher = FfmpegPublisher.start(FFMPEG, sourceArgs(options), server.rtmpUrl(channel.key));
  await vi.waitFor(async () => expect((await channel.user.stream(channel.id)).status).toBe("live"), {
    timeout: 10_000,
    interval: 20,
  });
  return { ...channel, publisher, url };
}

/** Low-latency media playlists of a stream, by rendition. */
export async function renditionUrls(masterUrl: string): Promise<Map<string, string>> {
  const { status, body } = await fetchWhole(masterUrl);
  expect(status, body.toString()).toBe(200);
  const uris = body.toString().match(/(?<=URI=")[^"]+|^[^#\n]+$/gm) ?? [];
  return new Map(uris.map((uri) => [uri.split("/").at(-2) ?? "", new URL(uri, masterUrl).href]));
}

/** Reloads by `_HLS_msn` until a whole segment `seq` is listed. */
export async function untilSegment(url: string, seq: number): Promise<MediaPlaylist> {
  for (;;) {
    const playlist = await readPlaylist(url);
    const newest = playlist.segments.at(-1)?.seq ?? -1;
    if (newest >= seq || playlist.ended) return playlist;
    await fetchWhole(`${url}?_HLS_msn=${Math.min(seq, newest + 1)}`);
  }
}

export async function ask(url: string): Promise<Fetched> {
  return fetchWhole(url);
}

export async function bytesOf(url: string): Promise<Buffer> {
  const { status, body } = await fetchWhole(url);
  expect(status, url).toBe(200);
  return body;
}

/** Where a segment's media starts by its own `tfdt`, seconds. */
export async function decodeStartS(segment: Pick<ListedSegment, "uri">): Promise<number> {
  const first = readChunks(await bytesOf(segment.uri))[0];
  return (first?.baseDecodeTime ?? Number.NaN) / (segment.uri.includes("/audio/") ? 48_000 : 90_000);
}

/** Parts keep to PART-TARGET, and all but a segment's last come near it (§4.4.4.9, §4.4.3.7). */
export function expectPartsOnTarget(playlist: MediaPlaylist, name: string): void {
  const target = playlist.partTargetS ?? 0;
  expect(target, playlist.text).toBeGreaterThan(0);
  for (const { parts } of [...playlist.segments, { parts: [...playlist.open.parts, undefined] }]) {
    for (const [i, part] of parts.entries()) {
      if (part === undefined) continue;
      expect(part.durationS, `${name} ${part.uri}`).toBeLessThanOrEqual(target + 1e-9);
      if (i < parts.length - 1)
        expect(part.durationS, `${name} ${part.uri}`).toBeGreaterThanOrEqual(0.85 * target);
    }
  }
}
