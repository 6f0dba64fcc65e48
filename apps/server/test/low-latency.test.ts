import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPlaylist } from "../src/testing/hls-client.ts";
import { LowLatencyClient, partsOf } from "../src/testing/low-latency-client.ts";
import { applyDelta, type MediaPlaylist, parseMediaPlaylist } from "../src/testing/media-playlist-reader.ts";
import { TestServer } from "../src/testing/test-server.ts";
import {
  ask,
  bytesOf,
  decodeStartS,
  expectPartsOnTarget,
  goLive,
  type LowLatencyStream,
  renditionUrls,
  SMALL_LADDER,
  untilSegment,
} from "./low-latency-tools.ts";

/** The low-latency origin as its clients see it: one stream of a real encoder, spoken to from outside. */
let server: TestServer;
let stream: LowLatencyStream;
let urls: Map<string, string>;

beforeAll(async () => {
  server = await TestServer.start({ LADDER: SMALL_LADDER, LOG_LEVEL: "warn" });
  stream = await goLive(server, "ada");
});

afterAll(async () => {
  await stream?.publisher.kill();
  await server?.[Symbol.asyncDispose]();
});

const urlOf = (name: string): string => {
  const url = urls.get(name);
  if (url === undefined) throw new Error(`no ${name} among ${[...urls.keys()]}`);
  return url;
};
/** The same moment in all renditions: `seq` is whole everywhere. */
const listAll = async (seq: number): Promise<Map<string, MediaPlaylist>> =>
  new Map(
    await Promise.all([...urls].map(async ([name, url]) => [name, await untilSegment(url, seq)] as const)),
  );

describe("a viewer who comes in the stream's first seconds", () => {
  it("is held until there is something to play, and is at the live edge", async () => {
    urls = await renditionUrls(stream.url);
    expect([...urls.keys()].sort()).toEqual(["72p", "90p", "audio", "source"]);
    // The first segment is not whole yet: its parts are all there is, and they can be played.
    await Promise.all(
      [...urls].map(async ([name, url]) => {
        const playlist = await readPlaylist(url);
        expect(partsOf(playlist).length, playlist.text).toBeGreaterThan(0);
        expect(partsOf(playlist)[0]?.independent, name).toBe(true);
        expect(playlist.serverControl["CAN-BLOCK-RELOAD"], playlist.text).toBe("YES");
        const init = playlist.segments[0]?.map || playlist.open.map;
        expect((await ask(init)).status, playlist.text).toBe(200);
      }),
    );
  });

  it("follows every part of every rendition from then on, hinted parts included", async () => {
    await Promise.all(
      [...urls].map(async ([name, url]) => {
        const seen: { seq: number; part: number }[] = [];
        let hinted = 0;
        for await (const part of new LowLatencyClient(url).parts()) {
          seen.push(part);
          if (part.hinted) hinted += 1;
          expect(part.bytes.subarray(4, 8).toString(), name).toMatch(/moof|styp|prft|emsg/);
          if (part.seq >= 6) break;
        }
        for (const [i, { seq, part }] of seen.entries()) {
          const before = seen[i - 1];
          if (before === undefined) continue;
          const follows =
            seq === before.seq ? part === before.part + 1 : seq === before.seq + 1 && part === 0;
          expect(follows, `${name}: ${before.seq}.${before.part} then ${seq}.${part}`).toBe(true);
        }
        expect(seen.length, name).toBeGreaterThan(20);
        expect(hinted, name).toBeGreaterThan(seen.length / 2);
      }),
    );
  });
});

describe("the playlists", () => {
  it("name codecs, sizes, rates and bandwidths of every rendition", async () => {
    const master = (await ask(stream.url)).body.toString();
    expect(master.match(/#EXT-X-STREAM-INF:/g)).toHaveLength(3);
    for (const line of master.split("\n").filter((each) => each.startsWith("#EXT-X-STREAM-INF:"))) {
      expect(line).toMatch(/CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2"/);
      expect(line).toMatch(/[:,]BANDWIDTH=\d+,AVERAGE-BANDWIDTH=\d+/);
      expect(line).toMatch(/RESOLUTION=\d+x\d+,FRAME-RATE=30\.000,AUDIO="audio"/);
    }
  });

  it("keep to the rules for hold-backs, targets and parts", async () => {
    for (const [name, playlist] of await listAll(6)) {
      const control = playlist.serverControl;
      const partTarget = playlist.partTargetS ?? 0;
      expect(partTarget, name).toBeCloseTo(0.2, 4);
      expect(Number(control["PART-HOLD-BACK"]), name).toBeGreaterThanOrEqual(3 * partTarget);
      expect(Number(control["HOLD-BACK"]), name).toBeGreaterThanOrEqual(3 * playlist.targetDurationS);
      expect(Number(control["CAN-SKIP-UNTIL"]), name).toBeGreaterThanOrEqual(6 * playlist.targetDurationS);
      expect(playlist.segments.length, name).toBeGreaterThanOrEqual(6);
      for (const { durationS } of playlist.segments) {
        expect(Math.round(durationS), name).toBeLessThanOrEqual(playlist.targetDurationS);
      }
      expectPartsOnTarget(playlist, name);
      // Only those near the edge have parts, and each starts with a keyframe.
      const withParts = playlist.segments.filter(({ parts }) => parts.length > 0);
      expect(
        withParts.map(({ seq }) => seq),
        name,
      ).toEqual(playlist.segments.slice(-3).map(({ seq }) => seq));
      for (const { parts } of withParts) expect(parts[0]?.independent, name).toBe(true);
    }
  });

  it("put what describes a segment before its first part", async () => {
    const { text } = await untilSegment(urlOf("90p"), 6);
    const lines = text.split("\n");
    for (const [i, line] of lines.entries()) {
      const startsSegment = /#EXT-X-PART:.*"\d+\.0\.m4s"/.test(line);
      if (startsSegment) expect(lines[i - 1], text).toMatch(/^#EXT-X-PROGRAM-DATE-TIME:/);
    }
    expect(lines.indexOf(lines.find((line) => line.startsWith("#EXT-X-MAP")) ?? "")).toBeLessThan(
      lines.findIndex((line) => line.startsWith("#EXTINF")),
    );
  });

  it("report where the other renditions are, and none of them lies", async () => {
    const playlist = await readPlaylist(urlOf("90p"));
    const others = [...urls.values()].filter((url) => url !== urlOf("90p")).sort();
    expect(playlist.reports.map(({ uri }) => uri).sort()).toEqual(others);
    for (const { uri, lastMsn, lastPart } of playlist.reports) {
      // What is reported is there: asking for it blocks nobody, and it is at most one part away.
      const other = await readPlaylist(`${uri}?_HLS_msn=${lastMsn}&_HLS_part=${lastPart}`);
      const all = [...other.segments, other.open];
      expect(all.find(({ seq }) => seq === lastMsn)?.parts[lastPart], other.text).toBeDefined();
      expect(Math.abs(other.open.seq - playlist.open.seq), other.text).toBeLessThanOrEqual(1);
    }
  });

  it("without parts list the same segments", async () => {
    const seq = (await readPlaylist(urlOf("source"))).segments.at(-1)?.seq ?? 0;
    const plain = await readPlaylist(urlOf("source").replace("ll.m3u8", "index.m3u8"));
    expect(plain.text).not.toMatch(/EXT-X-PART|PRELOAD-HINT|RENDITION-REPORT/);
    expect(plain.segments.at(-1)?.seq).toBeGreaterThanOrEqual(seq);
  });
});

describe("blocking reload", () => {
  it("answers with the very part that was asked for, and not before", async () => {
    for (const url of urls.values()) {
      const { open } = await readPlaylist(url);
      const part = open.parts.length;
      const playlist = await readPlaylist(`${url}?_HLS_msn=${open.seq}&_HLS_part=${part}`);
      const place = partsOf(playlist).at(-1);
      const segmentEnded = playlist.open.seq > open.seq;
      expect(segmentEnded || place?.part === part, `${open.seq}.${part}: ${playlist.text}`).toBe(true);
    }
  });

  it("takes a part past its segment's end as the first of the next", async () => {
    const url = urlOf("90p");
    const seq = (await readPlaylist(url)).open.seq;
    const playlist = await readPlaylist(`${url}?_HLS_msn=${seq}&_HLS_part=200`);
    expect([playlist.open.seq, playlist.open.parts.length], playlist.text).toEqual([seq + 1, 1]);
  });

  it("answers with a whole segment where no part is named", async () => {
    const url = urlOf("audio");
    const { open } = await readPlaylist(url);
    const playlist = await readPlaylist(`${url}?_HLS_msn=${open.seq}`);
    expect(playlist.segments.at(-1)?.seq).toBe(open.seq);
    const next = await readPlaylist(`${url}?_HLS_msn=${open.seq + 2}`);
    expect(next.segments.at(-1)?.seq).toBe(open.seq + 2);
  });

  it("does not wait for what is long there", async () => {
    const url = urlOf("source");
    const { open } = await readPlaylist(url);
    for (const query of ["_HLS_msn=0", `_HLS_msn=${open.seq - 1}&_HLS_part=0`, "_HLS_msn=0&_HLS_part=999"]) {
      const playlist = await readPlaylist(`${url}?${query}`);
      // A second's wait would show: five parts later.
      const parts = (playlist.open.seq - open.seq) * 10 + playlist.open.parts.length - open.parts.length;
      expect(parts, query).toBeLessThanOrEqual(2);
    }
  });

  it("refuses what makes no sense", async () => {
    const url = urlOf("90p");
    const { seq } = (await readPlaylist(url)).open;
    for (const query of [
      "_HLS_part=0",
      `_HLS_msn=${seq + 9}`,
      `_HLS_msn=${seq + 9}&_HLS_part=0`,
      "_HLS_msn=-1",
      "_HLS_msn=1.5",
      "_HLS_msn=abc",
      "_HLS_msn=",
      "_HLS_msn=0&_HLS_part=-1",
      "_HLS_msn=0&_HLS_part=x",
      "_HLS_msn=0&_HLS_msn=1",
      "_HLS_msn=99999999999999999999",
    ]) {
      const { status, body } = await ask(`${url}?${query}`);
      expect(status, query).toBe(400);
      expect(JSON.parse(body.toString()).code, query).toBe("invalid_request");
    }
  });
});

describe("delta updates", () => {
  it("rebuild to what the server lists, over many reloads of a real stream", async () => {
    for (const [name, url] of urls) {
      await untilSegment(url, 8);
      const client = new LowLatencyClient(url);
      await client.reload();
      let rebuilt = await client.reload();
      for (let i = 0; i < 4; i += 1) rebuilt = await client.reload();
      expect(client.deltas, name).toBe(5);
      // The whole list as it is a moment later holds the same segments, with the same words.
      const whole = await readPlaylist(url);
      const bare = ({ segments }: MediaPlaylist) => segments.map((segment) => ({ ...segment, parts: [] }));
      expect(bare(whole).slice(0, rebuilt.segments.length), name).toEqual(bare(rebuilt));
      expect(whole.mediaSequence, name).toBe(rebuilt.mediaSequence);
    }
  });

  it("leave out only what is further than CAN-SKIP-UNTIL from the end", async () => {
    const url = urlOf("90p");
    const before = await readPlaylist(url);
    const text = (await bytesOf(`${url}?_HLS_skip=YES`)).toString();
    const delta = parseMediaPlaylist(text, url);
    expect(delta.skipped).toBeGreaterThan(0);
    expect(delta.version).toBeGreaterThanOrEqual(9);
    expect(delta.text.length).toBeLessThan(before.text.length);
    const keptS = [...delta.segments, ...delta.open.parts].reduce((sum, { durationS }) => sum + durationS, 0);
    expect(keptS).toBeGreaterThanOrEqual(Number(delta.serverControl["CAN-SKIP-UNTIL"]) - 0.05);
    expect(applyDelta(before, delta).segments[0]?.seq).toBe(before.mediaSequence);
  });
});

describe("hinted parts", () => {
  it("are held, and answered whole", async () => {
    for (const [name, url] of urls) {
      const { preloadHint, open } = await readPlaylist(url);
      expect(preloadHint?.type, name).toBe("PART");
      const { status, body } = await ask(preloadHint?.uri ?? "");
      expect(status, preloadHint?.uri).toBe(200);
      const listed = await readPlaylist(`${url}?_HLS_msn=${open.seq}&_HLS_part=${open.parts.length}`);
      const part = partsOf(listed).find(({ uri }) => uri === preloadHint?.uri);
      expect(part, listed.text).toBeDefined();
      expect(body.equals(await bytesOf(part?.uri ?? "")), name).toBe(true);
    }
  });

  it("are all that is held: what is neither here nor hinted is 404", async () => {
    for (const url of urls.values()) {
      const { open } = await readPlaylist(url);
      const at = (seq: number, part: number) => new URL(`${seq}.${part}.m4s`, url).href;
      const beyond = [
        at(open.seq, open.parts.length + 3),
        at(open.seq + 2, 0),
        at(open.seq + 1, 1),
        at(0, 40),
      ];
      expect(await Promise.all(beyond.map(async (uri) => (await ask(uri)).status)), url).toEqual([
        404, 404, 404, 404,
      ]);
      // The next segment is announced by the DASH manifest, and held as well; those after it are not.
      expect((await ask(new URL(`${open.seq + 3}.m4s`, url).href)).status, url).toBe(404);
    }
  });
});

describe("the media", () => {
  it("of a segment are its parts, byte for byte, in every rendition", async () => {
    for (const [name, url] of urls) {
      const playlist = await readPlaylist(url);
      for (const { uri, parts, durationS } of playlist.segments.slice(-3)) {
        const bytes = await Promise.all(parts.map((part) => bytesOf(part.uri)));
        expect(Buffer.concat(bytes).equals(await bytesOf(uri)), `${name} ${uri}`).toBe(true);
        const sum = parts.reduce((total, part) => total + part.durationS, 0);
        expect(Math.abs(sum - durationS), `${name} ${uri}`).toBeLessThan(0.022);
      }
    }
  });

  it("begin at the same time in every rendition, and all dates and decode times agree", async () => {
    const seq = (await readPlaylist(urlOf("source"))).open.seq;
    const lists = await listAll(seq);
    const source = lists.get("source") as MediaPlaylist;
    for (const { seq: each, programDateMs, durationS } of source.segments) {
      for (const [name, { segments, discontinuitySequence }] of lists) {
        const segment = segments.find((other) => other.seq === each);
        expect(segment?.programDateMs, `${name} ${each}`).toBe(programDateMs);
        expect(segment?.durationS, `${name} ${each}`).toBe(durationS);
        expect(discontinuitySequence, name).toBe(source.discontinuitySequence);
      }
    }
    const picked = source.segments.slice(-3).map((segment) => segment.seq);
    const epochsMs: number[] = [];
    for (const each of picked) {
      const starts = new Map<string, number>();
      for (const [name, { segments }] of lists) {
        const segment = segments.find((other) => other.seq === each);
        if (segment === undefined) throw new Error(`${name} lacks ${each}`);
        const startS = await decodeStartS(segment);
        starts.set(name, startS);
        if (name !== "audio") epochsMs.push((segment.programDateMs ?? 0) - startS * 1_000);
      }
      const [pictures, sound] = [
        ["source", "90p", "72p"].map((name) => starts.get(name)),
        starts.get("audio") ?? 0,
      ];
      expect(new Set(pictures).size, `segment ${each}: ${pictures}`).toBe(1);
      expect(Math.abs(sound - (pictures[0] ?? 0)), `segment ${each}`).toBeLessThanOrEqual(1_024 / 48_000);
    }
    // Dates are whole milliseconds.
    expect(Math.max(...epochsMs) - Math.min(...epochsMs)).toBeLessThan(1.5);
  });
});

describe("answers", () => {
  it("say how long a cache may keep them", async () => {
    const url = urlOf("90p");
    const control = async (uri: string) => (await fetch(uri)).headers.get("cache-control");
    const { segments, open } = await readPlaylist(url);
    expect(await control(segments.at(-1)?.uri ?? "")).toBe("public, max-age=31536000, immutable");
    expect(await control(segments.at(-1)?.parts[0]?.uri ?? "")).toBe("public, max-age=31536000, immutable");
    expect(await control(segments.at(-1)?.map ?? "")).toBe("public, max-age=31536000, immutable");
    expect(await control(url)).toBe("public, max-age=1");
    expect(await control(`${url}?_HLS_msn=${open.seq}`)).toBe("public, max-age=6");
    expect(await control(new URL(`${open.seq + 5}.0.m4s`, url).href)).toBe("public, max-age=1");
    expect(await control(`${url}?_HLS_part=1`)).toBe("no-store");
  });

  it("come compressed where the client takes it, and never by a detour", async () => {
    const answer = await fetch(urlOf("90p"), { headers: { "accept-encoding": "gzip" }, redirect: "error" });
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(await answer.text()).toMatch(/^#EXTM3U\n/);
  });
});
