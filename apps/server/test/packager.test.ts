import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readChunks, readInitSegment } from "@footlight/protocols/fmp4/reader.ts";
import { StreamId } from "@footlight/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MemorySegmentIndex } from "../src/packager/memory-segment-index.ts";
import { MediaOrigin } from "../src/packager/origin.ts";
import { PackagerManager } from "../src/packager/packager-manager.ts";
import { DiskBlobStore } from "../src/platform/blob/disk-blob-store.ts";
import { systemClock } from "../src/platform/clock.ts";
import { createLogger } from "../src/platform/logger.ts";
import { type EncodedRendition, encodeAudio, encodeVideo, feed, run } from "./packager-media.ts";

const logger = createLogger({ level: "silent", pretty: false });
const streamId = StreamId.parse("stream_0001");
const epochMs = Date.UTC(2026, 0, 1);
const grid = { origin90k: 0, period90k: 180_000 };

let folder: string;
let blobs: DiskBlobStore;
let server: Server;
let base: string;
let packagers: PackagerManager;
let renditions: EncodedRendition[];
let source: EncodedRendition;
let small: EncodedRendition;
let audio: EncodedRendition;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "packager-test-"));
  blobs = await DiskBlobStore.create(folder);
  const index = new MemorySegmentIndex();
  const directory = {
    find: async () => ({ epochMs, ended: true, recording: false }),
    expired: async () => [],
  };
  packagers = new PackagerManager({
    settings: {
      liveWindowSegments: 10,
      dvrWindowS: 7_200,
      targetDurationS: 2,
      partTargetMs: 200,
      minFreeBytes: 0,
    },
    blobs,
    index,
    directory,
    clock: systemClock,
    logger,
  });
  const origin = new MediaOrigin({ packagers, logger, thumbnail: () => undefined });
  server = createServer((req, res) => {
    if (!origin.handle(req, res)) res.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/media/${streamId}`;
  const video = { fps: "30/1", seconds: 9, gop: 60 };
  [source, small, audio] = await Promise.all([
    encodeVideo({ ...video, name: "source", size: "640x360", bFrames: 2, passthrough: true }),
    encodeVideo({ ...video, name: "160p", size: "284x160", bFrames: 0 }),
    encodeAudio(9),
  ]);
  renditions = [source, small, audio];
});

afterAll(async () => {
  await packagers.close();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function text(path: string): Promise<string> {
  const answer = await fetch(`${base}/${path}`);
  expect(answer.status, path).toBe(200);
  return answer.text();
}

/** As a player shows them: the edit list has taken the reorder delay off. */
async function chunksOf(rendition: string, seq: number) {
  const { reorder } = readInitSegment(await bytes(`${rendition}/init-${seq < 5 ? 0 : 1}.mp4`));
  return readChunks(await bytes(`${rendition}/${seq}.m4s`)).map((chunk) => ({
    ...chunk,
    samples: chunk.samples.map((sample) => ({
      ...sample,
      presentationTime: sample.presentationTime - reorder,
    })),
  }));
}

async function bytes(path: string): Promise<Uint8Array> {
  const answer = await fetch(`${base}/${path}`);
  expect(answer.status, path).toBe(200);
  return new Uint8Array(await answer.arrayBuffer());
}

interface Probe {
  streams: { codec_type: string; width?: number; height?: number; sample_rate?: string }[];
  packets: { codec_type: string; pts_time: string; dts_time: string; flags: string }[];
}

async function probe(url: string): Promise<{ result: Probe; warnings: string }> {
  const args = ["-v", "warning", "-of", "json", "-show_streams", "-show_packets", url];
  const { stdout, stderr } = await run("ffprobe", args, { maxBuffer: 64 * 1024 * 1024 });
  return { result: JSON.parse(stdout) as Probe, warnings: stderr };
}

/** At a discontinuity ffmpeg feeds the next init segment to the same demuxer and says so. */
function complaints(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line !== "" && !line.includes("duplicated MOOV"));
}

describe("a stream from units to players", () => {
  it("is packaged in two runs and ended", async () => {
    const packager = await packagers.open(streamId, { epochMs, recording: false, lowLatency: false });
    packager.startRun({ grid, renditions: renditions.map((each) => each.rendition) });
    feed(packager, renditions);
    packager.endRun();
    packager.startRun({ grid, renditions: renditions.map((each) => each.rendition) });
    feed(packager, renditions, 20 * 90_000);
    packager.endRun();
    await packager.end();
    expect(packager.stats()).toMatchObject({ gaps: 0, lostSegments: 0, droppedUnits: 0, nextSeq: 10 });
  });

  it("lists every rendition with codecs and measured bandwidth", async () => {
    const master = await text("master.m3u8");
    expect(master).toContain('#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio"');
    expect(master).toMatch(/CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2",RESOLUTION=640x360,FRAME-RATE=30\.000/);
  });

  it("has equal boundaries, decode times and a keyframe at each segment start", async () => {
    for (let seq = 0; seq < 10; seq += 1) {
      const [a, b, c] = await Promise.all([
        chunksOf("source", seq),
        chunksOf("160p", seq),
        chunksOf("audio", seq),
      ]);
      expect(a[0]?.baseDecodeTime).toBe(b[0]?.baseDecodeTime);
      for (const chunks of [a, b]) {
        const first = chunks[0]?.samples[0];
        expect(first?.sync).toBe(true);
        expect(first?.presentationTime).toBe(first?.decodeTime);
      }
      const audioStart = ((c[0]?.baseDecodeTime ?? 0) / 48_000) * 90_000;
      expect(Math.abs(audioStart - (a[0]?.baseDecodeTime ?? 0))).toBeLessThanOrEqual(1_920);
    }
  });

  it("agrees on numbers, discontinuities and dates, and ends", async () => {
    const lists = await Promise.all(["source", "160p", "audio"].map((name) => text(`${name}/index.m3u8`)));
    expect(new Set(lists).size).toBe(1);
    expect(lists[0]).toContain("#EXT-X-ENDLIST");
    expect(lists[0]?.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1);
    expect(lists[0]).not.toContain("EXT-X-GAP");
  });

  it("is read by ffprobe with rising times and all frames", async () => {
    const { result, warnings } = await probe(`${base}/master.m3u8`);
    expect(result.streams.map((stream) => stream.codec_type).sort()).toEqual(["audio", "video", "video"]);
    const video = result.packets.filter((packet) => packet.codec_type === "video");
    expect(video.length).toBe(4 * 270);
    expect(complaints(warnings)).toEqual([]);
  });

  it("is decoded by ffmpeg without a complaint", async () => {
    const { stderr } = await run("ffmpeg", [
      "-v",
      "warning",
      "-i",
      `${base}/source/index.m3u8`,
      "-f",
      "null",
      "-",
    ]);
    expect(complaints(stderr)).toEqual([]);
  });

  it("is what the encoder made: presentation times survive", async () => {
    const expected = source.units.map((unit) => unit.pts90k).sort((a, b) => a - b);
    const got: number[] = [];
    for (let seq = 0; seq < 5; seq += 1) {
      for (const chunk of await chunksOf("source", seq))
        got.push(...chunk.samples.map((s) => s.presentationTime));
    }
    expect(got.sort((a, b) => a - b)).toEqual(expected);
  });
});
