import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readClock } from "../src/testing/clock-code.ts";
import { PatternPublisher } from "../src/testing/pattern-publisher.ts";
import { RestClient } from "../src/testing/rest-client.ts";
import { TestServer } from "../src/testing/test-server.ts";

const FFMPEG = "/usr/bin/ffmpeg";
const DEADLINE_MS = 60_000;

interface Cue {
  readonly startS: number;
  readonly url: string;
  readonly area: readonly [x: number, y: number, width: number, height: number];
}

let server: TestServer;
let mira: RestClient;
let publisher: PatternPublisher;
let streamId: string;
let streamKey: string;
let startedAtMs: number;
const publish = () => PatternPublisher.start({ ffmpegPath: FFMPEG, url: server.rtmpUrl(streamKey) });

beforeAll(async () => {
  server = await TestServer.start({ RECONNECT_GRACE_MS: "60000", LOG_LEVEL: "warn" });
  mira = await RestClient.signUp(server.url, "mira");
  ({ stream_id: streamId, stream_key: streamKey } = await mira.startStream());
  publisher = publish();
});
afterAll(async () => {
  await publisher?.kill();
  await server?.[Symbol.asyncDispose]();
});

const media = (name: string, init?: RequestInit) => fetch(`${server.url}/media/${streamId}/${name}`, init);

function readCues(vtt: string): Cue[] {
  const found = [...vtt.matchAll(/^(\d+):(\d\d):([\d.]+) --> \S+\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)$/gm)];
  return found.map(([, hours, minutes, seconds, url = "", ...area]) => {
    const [x = 0, y = 0, width = 0, height = 0] = area.map(Number);
    return {
      startS: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
      url,
      area: [x, y, width, height],
    };
  });
}

/** Asks until there are so many cues. */
async function cues(atLeast: number): Promise<Cue[]> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await media("storyboard.vtt");
    const text = answer.ok ? await answer.text() : `${answer.status}`;
    const found = readCues(text);
    if (found.length >= atLeast) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${atLeast} pictures:\n${text}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** When the frame on a tile was made, by the clock that is burnt into it. */
async function clockOn({ url, area: [x, y, width, height] }: Cue): Promise<number | undefined> {
  const sheet = Buffer.from(await (await media(url)).arrayBuffer());
  const crop = `crop=${width}:${height}:${x}:${y}`;
  const job = promisify(execFile)(
    FFMPEG,
    [
      "-loglevel",
      "error",
      "-f",
      "jpeg_pipe",
      "-i",
      "pipe:0",
      "-vf",
      crop,
      "-pix_fmt",
      "gray",
      "-f",
      "rawvideo",
      "-",
    ],
    { encoding: "buffer" },
  );
  job.child.stdin?.end(sheet);
  return readClock((await job).stdout, width, height);
}

describe("the storyboard of a running stream", () => {
  it("shows what was on air at each cue's time, about every ten seconds from the start", async () => {
    const found = await cues(2);
    startedAtMs = Date.parse((await mira.stream(streamId)).started_at ?? "");
    expect(found[0]?.startS).toBeLessThan(6);
    for (const [i, cue] of found.entries()) {
      const apart = cue.startS - (found[i - 1]?.startS ?? cue.startS - 10);
      expect(apart).toBeGreaterThanOrEqual(8);
      expect(apart).toBeLessThanOrEqual(16);
      const madeAtMs = await clockOn(cue);
      expect(madeAtMs, JSON.stringify(cue)).toBeDefined();
      // Made is a moment before it arrived, which the stream's time counts from.
      expect(Math.abs(startedAtMs + cue.startS * 1_000 - (madeAtMs ?? 0))).toBeLessThan(1_500);
    }
  });

  it("is answered as players and caches want it", async () => {
    const vtt = await media("storyboard.vtt", { headers: { "accept-encoding": "gzip" } });
    expect(Object.fromEntries(vtt.headers)).toMatchObject({
      "content-type": "text/vtt; charset=utf-8",
      "cache-control": "public, max-age=5",
      "access-control-allow-origin": "*",
      "content-encoding": "gzip",
    });
    const sheet = await media("storyboard-0.jpg");
    expect(Object.fromEntries(sheet.headers)).toMatchObject({
      "content-type": "image/jpeg",
      "cache-control": "public, max-age=5",
      "access-control-allow-origin": "*",
    });
    expect((await media("storyboard-1.jpg")).status).toBe(404);
    expect((await fetch(`${server.url}/media/nosuchstream00/storyboard.vtt`)).status).toBe(404);
    // The same tap feeds the picture of the channel.
    expect((await media("thumbnail.jpg")).status).toBe(200);
  });

  it("outlives the server: the pictures from before stand, new ones come after them", async () => {
    const before = await cues(2);
    await server.stop();
    await publisher.kill();
    await server.startAgain();
    const rested = await cues(before.length);
    const startsOf = (list: readonly Cue[]) => list.map(({ startS }) => startS);
    expect(startsOf(rested).slice(0, before.length)).toEqual(startsOf(before));
    const kept = await media("storyboard-0.jpg");
    expect(kept.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");

    publisher = publish();
    const after = await cues(rested.length + 1);
    expect(startsOf(after).slice(0, rested.length)).toEqual(startsOf(rested));
    const [old, recent] = [after[1], after.at(-1)];
    if (!old || !recent) throw new Error("no cues");
    expect(recent.url).toMatch(/^storyboard-1\.jpg/);
    for (const cue of [old, recent]) {
      const madeAtMs = (await clockOn(cue)) ?? 0;
      expect(Math.abs(startedAtMs + cue.startS * 1_000 - madeAtMs)).toBeLessThan(1_500);
    }
  });

  it("stays with the stream after its end", async () => {
    const before = await cues(3);
    await mira.endStream(streamId);
    await publisher.exited;
    const after = await cues(before.length);
    expect(new Set(after.map(({ url }) => url.split("?")[0]))).toEqual(
      new Set(["storyboard-0.jpg", "storyboard-1.jpg"]),
    );
    expect((await media("storyboard-1.jpg")).headers.get("cache-control")).toMatch(/immutable$/);
  });
});
