import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CapturePublisher } from "../src/testing/capture-publisher.ts";
import { readClock } from "../src/testing/clock-code.ts";
import { HlsClient, type ListedSegment } from "../src/testing/hls-client.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import { runFfmpeg } from "../src/testing/rtmp-publisher-media.ts";
import { TestServer } from "../src/testing/test-server.ts";

const TOLERANCE_MS = 50;
/** On a busy machine even the fastest frames are read a while after they were sent; wrong would be `DELAY_MS` or more. */
const ARRIVAL_TOLERANCE_MS = 150;
const FFMPEG = "/usr/bin/ffmpeg";
const SIZE = { width: 640, height: 360 };
/** The way through the network: far more than the tolerance. */
const DELAY_MS = 400;

let server: TestServer;
let user: RestClient;
beforeAll(async () => {
  server = await TestServer.start();
  user = await RestClient.signUp(server.url, "clock_");
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

interface DatedFrame {
  /** Date-time by the playlist. */
  readonly saysMs: number;
  /** The clock in the picture. */
  readonly burntMs: number;
}

/** Each picture of a segment. */
async function framesOf({ uri, map, programDateMs, durationS }: ListedSegment): Promise<DatedFrame[]> {
  const media = await Promise.all([map, uri].map(async (url) => (await fetch(url)).arrayBuffer()));
  const { width, height } = SIZE;
  const pixels = await runFfmpeg(
    [
      ...["-i", "pipe:0", "-an", "-vsync", "passthrough", "-vf", `scale=${width}:${height}`],
      ...["-pix_fmt", "gray", "-f", "rawvideo", "pipe:1"],
    ],
    Buffer.concat(media.map((bytes) => Buffer.from(bytes))),
  );
  const count = pixels.length / (width * height);
  return Array.from({ length: count }, (_, i) => {
    const burntMs = readClock(pixels.subarray(i * width * height), width, height);
    if (burntMs === undefined || programDateMs === undefined) throw new Error(`no clock in ${uri}`);
    return { saysMs: programDateMs + (i * durationS * 1_000) / count, burntMs };
  });
}

/** `percentile`: of each segment's frames, the one that counts. */
function expectRight(
  segments: readonly DatedFrame[][],
  percentile: number,
  toleranceMs: number,
  trueMs: (burntMs: number) => number | undefined,
): void {
  expect(segments.length).toBeGreaterThanOrEqual(3);
  const errorsMs = segments.map((frames) => {
    expect(frames.length).toBeGreaterThan(20);
    const each = frames.map(({ saysMs, burntMs }) => saysMs - (trueMs(burntMs) ?? Number.NaN));
    return Math.round([...each].sort((x, y) => x - y)[Math.floor(each.length * percentile)] ?? Number.NaN);
  });
  for (const errorMs of errorsMs)
    expect(Math.abs(errorMs), `${errorsMs} ms`).toBeLessThanOrEqual(toleranceMs);
}

const expectCapture = (segments: readonly DatedFrame[][]): void =>
  expectRight(segments, 0.5, TOLERANCE_MS, (burntMs) => burntMs);
/** A busy machine sends and takes single frames late; the fastest tenth arrived as they were sent. */
const expectArrival = (segments: readonly DatedFrame[][], sentAtMs: ReadonlyMap<number, number>): void =>
  expectRight(segments, 0.9, ARRIVAL_TOLERANCE_MS, (burntMs) => sentAtMs.get(burntMs));

/** Broadcasts until each rendition lists some segments; those of each picture, best first. */
async function broadcast(
  options: Pick<
    Parameters<typeof CapturePublisher.start>[0],
    "tellsCapture" | "delayMs" | "holdMs" | "encoderArgs"
  >,
) {
  const { stream_id, stream_key } = await user.startStream();
  const publisher = await CapturePublisher.start({
    ...options,
    ...SIZE,
    ffmpegPath: FFMPEG,
    rtmpPort: server.rtmpPort,
    streamKey: stream_key,
  });
  try {
    const hls = new HlsClient((await user.playback(stream_id)).playback_urls.hls ?? "");
    const playlists = await hls.waitFor(({ segments }) => segments.length >= 4, 40_000);
    const { text, variants } = await hls.master();
    const pictures = playlists.slice(0, variants.length);
    expect(pictures.length).toBeGreaterThanOrEqual(2);
    const dates = await Promise.all(
      pictures.map(({ segments }) => Promise.all(segments.filter(({ gap }) => !gap).map(framesOf))),
    );
    return { master: text, dates, sentAtMs: publisher.sentAtMs };
  } finally {
    await publisher.stop();
    await user.endStream(stream_id);
  }
}

describe("date-times of the source and of an encoded rung", { timeout: 90_000 }, () => {
  it("are those of capture where the publisher tells them, however late it all arrives", async () => {
    const { master, dates } = await broadcast({ tellsCapture: true, delayMs: DELAY_MS });
    expect(master).toContain('#EXT-X-SESSION-DATA:DATA-ID="tv.footlight.clock",VALUE="capture"');
    for (const rendition of dates) expectCapture(rendition);
  });

  it("are those of arrival with another encoder", async () => {
    const { master, dates, sentAtMs } = await broadcast({ tellsCapture: false, delayMs: DELAY_MS });
    expect(master).toContain('#EXT-X-SESSION-DATA:DATA-ID="tv.footlight.clock",VALUE="arrival"');
    for (const rendition of dates) expectArrival(rendition, sentAtMs);
  });

  it("are those of arrival when an encoder first flushes what it had buffered", async () => {
    // 4:4:4 is re-encoded, so the run begins at once, in the midst of what is flushed.
    const encoderArgs =
      "-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv444p -g 60 -c:a aac".split(" ");
    const { dates, sentAtMs } = await broadcast({ tellsCapture: false, holdMs: 1_500, encoderArgs });
    // What was flushed came together; from then on each frame as it was made.
    for (const rendition of dates) expectArrival(rendition.slice(1), sentAtMs);
  });
});
