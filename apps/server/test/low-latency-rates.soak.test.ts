import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPlaylist } from "../src/testing/hls-client.ts";
import { fetchWhole, partsOf } from "../src/testing/low-latency-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import {
  bytesOf,
  decodeStartS,
  expectPartsOnTarget,
  goLive,
  type LowLatencyStream,
  renditionUrls,
  SMALL_LADDER,
  untilSegment,
} from "./low-latency-tools.ts";

/** Every frame rate that cameras and consoles have, passed through and encoded, with and without B-frames. */
interface Case {
  readonly fps: string;
  readonly bFrames: number;
  /** Frames a part of the slowest rendition, which keeps to 30 fps. */
  readonly frames: number;
  readonly slowestFps: number;
}

const CASES: readonly Case[] = [
  { fps: "24000/1001", bFrames: 0, frames: 5, slowestFps: 24_000 / 1_001 },
  { fps: "24", bFrames: 2, frames: 5, slowestFps: 24 },
  { fps: "25", bFrames: 0, frames: 5, slowestFps: 25 },
  { fps: "30000/1001", bFrames: 2, frames: 6, slowestFps: 30_000 / 1_001 },
  { fps: "50", bFrames: 0, frames: 5, slowestFps: 25 },
  { fps: "60", bFrames: 2, frames: 6, slowestFps: 30 },
];
/** Segments that every rendition has when the looking begins. */
const SEGMENTS = 3;

let server: TestServer;
const streams = new Map<string, LowLatencyStream>();

beforeAll(async () => {
  server = await TestServer.start({ LADDER: SMALL_LADDER, LOG_LEVEL: "warn", MAX_STREAMS: "10" });
  await Promise.all(
    CASES.map(async ({ fps, bFrames }, i) => {
      streams.set(fps, await goLive(server, `rate${i}`, { fps, bFrames }));
    }),
  );
});

afterAll(async () => {
  await Promise.all([...streams.values()].map(({ publisher }) => publisher.kill()));
  await server?.[Symbol.asyncDispose]();
});

describe.each(CASES)(
  "a source of $fps fps with $bFrames B-frames",
  ({ fps, bFrames, frames, slowestFps }) => {
    const streamOf = (): LowLatencyStream => streams.get(fps) as LowLatencyStream;

    it("has parts on one target in all renditions, from the first playlist on", async () => {
      const urls = await renditionUrls(streamOf().url);
      expect([...urls.keys()].sort()).toEqual(["72p", "90p", "audio", "source"]);
      const first = await Promise.all([...urls.values()].map((url) => readPlaylist(url)));
      const targets = new Set(first.map(({ partTargetS }) => partTargetS));
      for (const [name, url] of urls) {
        const playlist = await untilSegment(url, SEGMENTS);
        targets.add(playlist.partTargetS);
        expectPartsOnTarget(playlist, name);
        expect(partsOf(playlist).length, playlist.text).toBeGreaterThan(20);
      }
      expect([...targets], "it never changes").toHaveLength(1);
      expect([...targets][0]).toBeCloseTo(frames / slowestFps, 4);
      expect([...targets][0]).toBeGreaterThanOrEqual(frames / slowestFps - 1e-9);
    });

    it("has equal boundaries, dates and decode times, and segments that are their parts", async () => {
      const urls = await renditionUrls(streamOf().url);
      const lists = await Promise.all(
        [...urls].map(async ([name, url]) => ({ name, playlist: await untilSegment(url, SEGMENTS) })),
      );
      const newest = Math.min(...lists.map(({ playlist }) => playlist.segments.at(-1)?.seq ?? -1));
      for (const seq of [newest - 1, newest]) {
        const starts = new Map<string, number>();
        const facts = new Set<string>();
        for (const { name, playlist } of lists) {
          const segment = playlist.segments.find((each) => each.seq === seq);
          if (segment === undefined) throw new Error(`${name} lacks ${seq}: ${playlist.text}`);
          facts.add(`${segment.programDateMs} ${segment.durationS}`);
          starts.set(name, await decodeStartS(segment));
          const parts = await Promise.all(segment.parts.map(({ uri }) => bytesOf(uri)));
          expect(Buffer.concat(parts).equals(await bytesOf(segment.uri)), `${name} ${seq}`).toBe(true);
        }
        expect([...facts], `segment ${seq}`).toHaveLength(1);
        const sound = starts.get("audio") ?? Number.NaN;
        starts.delete("audio");
        expect(new Set(starts.values()).size, `segment ${seq}: ${[...starts]}`).toBe(1);
        expect(Math.abs(sound - (starts.get("source") ?? 0)), `segment ${seq}`).toBeLessThanOrEqual(
          1_024 / 48_000,
        );
      }
    });

    it("says so in the master, and its top rung is what was sent", async () => {
      const [num = 0, den = 1] = fps.split("/").map(Number);
      const master = (await fetchWhole(streamOf().url)).body.toString();
      const source = /#EXT-X-STREAM-INF:(.*)\nsource\//.exec(master)?.[1] ?? "";
      expect(source, master).toContain(`FRAME-RATE=${(num / den).toFixed(3)}`);
      // x264 says High where it uses B-frames and CABAC, Baseline where ultrafast leaves both out.
      expect(source).toMatch(bFrames > 0 ? /CODECS="avc1\.(4d|64)/ : /CODECS="avc1\.42/);
      expect(/#EXT-X-STREAM-INF:(.*)\n72p\//.exec(master)?.[1]).toContain(
        `FRAME-RATE=${slowestFps.toFixed(3)}`,
      );
    });
  },
);
