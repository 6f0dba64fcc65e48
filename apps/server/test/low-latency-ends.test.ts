import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FfmpegPublisher } from "../src/testing/ffmpeg-publisher.ts";
import { readPlaylist } from "../src/testing/hls-client.ts";
import { type FetchedPart, LowLatencyClient } from "../src/testing/low-latency-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import {
  ask,
  bytesOf,
  expectPartsOnTarget,
  goLive,
  renditionUrls,
  SMALL_LADDER,
  type SourceOptions,
  sourceArgs,
  untilSegment,
} from "./low-latency-tools.ts";
import { FFMPEG, FFPROBE, probe } from "./publisher-tools.ts";

/** Streams that stop, break off, come back, or have no picture; beside each other, for all of them wait. */
let server: TestServer;
const publishers: FfmpegPublisher[] = [];
beforeAll(async () => {
  server = await TestServer.start({
    LADDER: SMALL_LADDER,
    LOG_LEVEL: "warn",
    MAX_STREAMS: "4",
    RECONNECT_GRACE_MS: "60000",
  });
});
afterAll(async () => {
  await Promise.all(publishers.map((publisher) => publisher.kill()));
  await server[Symbol.asyncDispose]();
});

async function setUp(username: string, source: SourceOptions = {}) {
  const stream = await goLive(server, username, source);
  publishers.push(stream.publisher);
  return { stream, urls: await renditionUrls(stream.url) };
}

const entry = (urls: Map<string, string>, name: string): string => urls.get(name) ?? "";

/** Follows every rendition until `enough` says of one of its parts that it was the last one needed. */
function followAll(urls: Map<string, string>, enough: (part: FetchedPart) => boolean) {
  return Promise.all(
    [...urls].map(async ([name, url]) => {
      const parts: FetchedPart[] = [];
      for await (const part of new LowLatencyClient(url).parts()) {
        parts.push(part);
        if (enough(part)) break;
      }
      return { name, parts };
    }),
  );
}

describe.concurrent("an encoder that falls silent", () => {
  it("costs those who wait three target durations, then 503 and a word when to come again", {
    timeout: 60_000,
  }, async () => {
    const { stream, urls } = await setUp("silent");
    const url = entry(urls, "90p");
    await untilSegment(url, 0);
    stream.publisher.freeze();
    // What was on its way comes out first; then the list stands still.
    let edge = await readPlaylist(url);
    for (
      let answer = await ask(next(url, edge));
      answer.status === 200;
      answer = await ask(next(url, edge))
    ) {
      edge = await readPlaylist(url);
    }
    const beganMs = performance.now();
    const [list, part] = await Promise.all([fetch(next(url, edge)), fetch(edge.preloadHint?.uri ?? "")]);
    const waitedMs = performance.now() - beganMs;
    expect([list.status, part.status]).toEqual([503, 503]);
    expect(list.headers.get("retry-after")).toBe("1");
    expect(list.headers.get("cache-control")).toBe("no-store");
    expect(waitedMs).toBeGreaterThanOrEqual(3 * edge.targetDurationS * 1_000 - 50);
    // The list itself is there all the while.
    expect((await readPlaylist(url)).open).toEqual(edge.open);
  });
});

const next = (url: string, { open }: Awaited<ReturnType<typeof readPlaylist>>): string =>
  `${url}?_HLS_msn=${open.seq}&_HLS_part=${open.parts.length}`;

describe.concurrent("an encoder that comes back within the grace", () => {
  it("is followed by blocking reloads and hints through the break, without one that fails", {
    timeout: 90_000,
  }, async () => {
    const { stream, urls } = await setUp("back");
    let brokeAt = Number.POSITIVE_INFINITY;
    const following = followAll(urls, ({ seq }) => seq >= brokeAt + 3);
    const before = await untilSegment(entry(urls, "source"), 1);
    await stream.publisher.kill();
    publishers.push(FfmpegPublisher.start(FFMPEG, sourceArgs(), server.rtmpUrl(stream.key)));
    brokeAt = before.open.seq;
    for (const { name, parts } of await following) {
      for (const [i, { seq, part }] of parts.entries()) {
        const last = parts[i - 1];
        if (last === undefined) continue;
        const follows = seq === last.seq ? part === last.part + 1 : seq > last.seq && part === 0;
        expect(follows, `${name}: ${last.seq}.${last.part} then ${seq}.${part}`).toBe(true);
      }
    }
    const playlists = await Promise.all([...urls].map(([, url]) => readPlaylist(url)));
    for (const playlist of playlists) {
      expect(
        playlist.segments.filter(({ discontinuity }) => discontinuity),
        playlist.text,
      ).toHaveLength(1);
      expect(playlist.ended).toBe(false);
      const maps = new Set(playlist.segments.map(({ map }) => map));
      expect(maps.size, playlist.text).toBe(2);
    }
    const breaks = playlists.map(({ segments }) => segments.find(({ discontinuity }) => discontinuity));
    expect(new Set(breaks.map((segment) => `${segment?.seq} ${segment?.programDateMs}`)).size).toBe(1);
  });
});

describe.concurrent("a stream that has ended", () => {
  it("lets everyone go at once, lists all of it, and heeds no directive any more", {
    timeout: 60_000,
  }, async () => {
    const { stream, urls } = await setUp("ended");
    const url = entry(urls, "90p");
    await untilSegment(url, 1);
    const playlist = await readPlaylist(url);
    const held = [ask(`${url}?_HLS_msn=${playlist.open.seq + 1}`), ask(next(url, playlist))];
    const followed = followAll(urls, () => false);
    await stream.user.endStream(stream.id);
    for (const answer of await Promise.all(held)) expect(answer.status).toBe(200);
    expect((await held[0])?.body.toString()).toMatch(/#EXT-X-ENDLIST\n$/);
    // Those who follow see the end, too: none is left waiting.
    expect(await followed).toHaveLength(urls.size);
    const ended = await readPlaylist(url);
    for (const query of [
      "_HLS_msn=999",
      "_HLS_part=4",
      "_HLS_msn=-1",
      "_HLS_msn=0&_HLS_skip=YES",
      "_HLS_msn=x",
    ]) {
      const answer = await ask(`${url}?${query}`);
      expect([query, answer.status]).toEqual([query, 200]);
      expect(answer.body.toString(), query).toBe(ended.text);
    }
    expect(ended.text).not.toMatch(/PRELOAD-HINT|EXT-X-PART:|EXT-X-SKIP/);
    for (const segment of ended.segments) expect((await ask(segment.uri)).status, segment.uri).toBe(200);
    // Nothing is hinted any more, so nothing is held.
    expect((await ask(new URL(`${ended.open.seq}.0.m4s`, url).href)).status).toBe(404);
  });
});

describe.concurrent("a stream of sound alone", () => {
  it("has parts of whole frames, which can be joined and decoded", { timeout: 60_000 }, async () => {
    const { stream, urls } = await setUp("sound", { picture: false });
    expect([...urls.keys()]).toEqual(["audio"]);
    const master = (await ask(stream.url)).body.toString();
    expect(master).toMatch(/#EXT-X-STREAM-INF:.*CODECS="mp4a\.40\.2"\naudio\/ll\.m3u8/);
    const playlist = await untilSegment(entry(urls, "audio"), 2);
    expectPartsOnTarget(playlist, "audio");
    const [{ parts } = { parts: [] }] = await followAll(urls, ({ seq, part }) => seq > 2 && part >= 5);
    expect(parts.every(({ independent }) => independent)).toBe(true);
    for (const { uri, parts: own, map } of playlist.segments.slice(-2)) {
      const joined = Buffer.concat(await Promise.all(own.map((part) => bytesOf(part.uri))));
      expect(joined.equals(await bytesOf(uri))).toBe(true);
      const { packets, warnings } = await probe([map, ...own.map((part) => part.uri)]);
      expect(warnings).toBe("");
      expect(packets.length, FFPROBE).toBeGreaterThan(85);
    }
  });
});
