import type { FlvTag } from "@footlight/protocols/flv/flv-file.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MediaPlaylist } from "../src/testing/hls-client.ts";
import { av1Tags, hevcTags } from "../src/testing/rtmp-publisher-media.ts";
import { TestServer } from "../src/testing/test-server.ts";
import {
  AUDIO,
  between,
  breaks,
  expectInSync,
  expectOneTimeline,
  flashBeepTags,
  has,
  isSound,
  lastSeq,
  openChannel,
  probe,
  publish,
  reaches,
  VIDEO,
} from "./publisher-tools.ts";

/** What only a publisher of our own can send, against the whole server, as its players see it. */
let server: TestServer;
let tags: FlvTag[];
beforeAll(async () => {
  [server, tags] = await Promise.all([TestServer.start(), flashBeepTags(40)]);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Wire time of each stretch of the feed: `[from ms of the feed, what is added to it on the wire]`. */
type Clock = readonly (readonly [fromMs: number, offsetMs: number])[];

const CLOCKS: readonly { readonly name: string; readonly user: string; readonly clock: Clock }[] = [
  { name: "wraps at 2^32 ms on air", user: "wrap", clock: [[0, 2 ** 32 - 5_000]] },
  { name: "starts at a huge value", user: "huge", clock: [[0, 3_000_000_000]] },
  {
    name: "jumps forward by an hour",
    user: "jump",
    clock: [
      [0, 0],
      [6_000, 3_600_000],
    ],
  },
  {
    name: "restarts at zero on air",
    user: "restart",
    clock: [
      [0, 700_000],
      [6_020, -6_020],
    ],
  },
];

describe("the publisher's clock", () => {
  it.concurrent.each(CLOCKS)("$name", async ({ user, clock }) => {
    const { key, hls } = await openChannel(server, `clock_${user}`);
    await using publisher = await publish(server, key);
    const done = new AbortController();
    const playing = (async () => {
      for (const [i, [fromMs, offsetMs]] of clock.entries()) {
        const piece = between(tags, fromMs, clock[i + 1]?.[0]);
        await publisher.play(piece, { pace: "realtime", offsetMs, signal: done.signal });
      }
    })();
    const playlists = await hls.waitFor(has(7), 30_000);
    await expectOneTimeline(playlists);
    await expectInSync(playlists, 8);
    expect(playlists.map(breaks), playlists[0]?.text).toEqual(playlists.map(() => 0));
    done.abort();
    await playing;
  });
});

describe("codecs by Enhanced RTMP", () => {
  it.concurrent.each([
    { name: "HEVC", size: "320x180", make: () => hevcTags({ seconds: 12 }) },
    { name: "AV1", size: "160x90", make: () => av1Tags({ frames: 360 }) },
  ])("$name becomes H.264", async ({ name, size, make }) => {
    const media = await make();
    const { key, hls, id, trpc } = await openChannel(server, `codec_${name.toLowerCase()}`);
    await using publisher = await publish(server, key);
    publisher.metadata({ width: 320, height: 180, framerate: 30, videocodecid: 7 });
    const playing = publisher.play(media, { pace: "realtime" });
    const playlists = await hls.waitFor(has(3), 30_000);
    const { variants } = await hls.master();
    expect(variants.map(({ attributes }) => attributes["RESOLUTION"])).toContain(size);
    for (const { attributes } of variants) expect(attributes["CODECS"]).toMatch(/^avc1\.[0-9a-f]{6}/i);
    const dashboard = (await trpc.query("dashboard.get")).data as { health: { advice: string[] } };
    expect(dashboard.health.advice).toContain("codec_reencoded");
    await expectOneTimeline(playlists);
    for (const { segments } of playlists) {
      const { streams, packets } = await probe([segments[0]?.map ?? "", segments[1]?.uri ?? ""]);
      expect(streams[0]?.["codec_name"], id).toBe("h264");
      expect(packets).toHaveLength(60);
      expect(packets[0]?.keyframe).toBe(true);
    }
    publisher.destroy();
    await playing;
  });

  const mystery = Buffer.concat([Buffer.of(0x90), Buffer.from("xyz1"), Buffer.alloc(20)]);
  it.concurrent.each([
    { name: "MP3", tag: { type: AUDIO, timestamp: 0, body: Buffer.from([0x2f, 0xff, 0xfb, 0x90, 0x64]) } },
    { name: "xyz1", tag: { type: VIDEO, timestamp: 0, body: mystery } },
  ])("$name is refused by name within a second", async ({ name, tag }) => {
    const { key } = await openChannel(server, `refused_${name.toLowerCase()}`);
    await using publisher = await publish(server, key);
    const sentMs = performance.now();
    publisher.tag(tag);
    const { code, description } = await publisher.statusWhere(({ level }) => level === "error");
    expect(code).toBe("NetStream.Publish.BadName");
    expect(description).toContain(name);
    await publisher.closed;
    expect(performance.now() - sentMs).toBeLessThan(1_000);
  });
});

describe("tracks that come and go", () => {
  /** Same numbers, durations and times in sound and picture, where both list a segment. */
  function expectAgreement(playlists: readonly MediaPlaylist[]): void {
    const [reference, ...others] = playlists;
    for (const { segments, text, discontinuitySequence } of others) {
      expect(discontinuitySequence, text).toBe(reference?.discontinuitySequence);
      for (const segment of segments) {
        const twin = reference?.segments.find(({ seq }) => seq === segment.seq);
        if (twin === undefined) continue;
        expect(segment.discontinuity, `${reference?.text}\n${text}`).toBe(twin.discontinuity);
        expect(Math.abs((segment.programDateMs ?? 0) - (twin.programDateMs ?? 0)), text).toBeLessThan(24);
      }
    }
  }

  it.concurrent.each([
    { name: "announced", user: "told", metadata: { audiocodecid: 10 } },
    { name: "not announced", user: "untold", metadata: {} },
  ])("sound that begins 3 s after the picture ($name) is heard", async ({ user, metadata }) => {
    const late = tags
      .filter(({ type, body, timestamp }) => type !== AUDIO || body[1] === 0 || timestamp >= 3_000)
      .map((tag) => (tag.type === AUDIO && tag.body[1] === 0 ? { ...tag, timestamp: 3_000 } : tag))
      .filter(({ type }) => type === AUDIO || type === VIDEO)
      .sort((a, b) => a.timestamp - b.timestamp);
    const { key, hls } = await openChannel(server, `late_${user}`);
    await using publisher = await publish(server, key);
    publisher.metadata({ width: 320, height: 180, framerate: 30, videocodecid: 7, ...metadata });
    const playing = publisher.play(late, { pace: "realtime" });
    const playlists = await hls.waitFor(reaches(6), 30_000);
    expect(playlists.filter(isSound)).toHaveLength(1);
    expectAgreement(playlists);
    await expectOneTimeline(playlists);
    await expectInSync(playlists, 4);
    publisher.destroy();
    await playing;
  });

  it.concurrent("late sound does not cut a long GOP short", async () => {
    const long = await flashBeepTags(24, "320x180", 30, 250);
    const late = between(long, 0).filter(({ type, body, timestamp }) => {
      return type === VIDEO || (type === AUDIO && body[1] !== 0 && timestamp >= 5_000);
    });
    const header = long.find(({ type, body }) => type === AUDIO && body[1] === 0) as FlvTag;
    const joins = late.findIndex(({ type }) => type === AUDIO);
    const { key, hls } = await openChannel(server, "late_gop");
    await using publisher = await publish(server, key);
    publisher.metadata({ width: 320, height: 180, framerate: 30, videocodecid: 7 });
    const playing = publisher.play(late.toSpliced(joins, 0, { ...header, timestamp: 5_000 }), {
      pace: "realtime",
    });
    const playlists = await hls.waitFor(reaches(7), 30_000);
    expectAgreement(playlists);
    await expectOneTimeline(playlists);
    await expectInSync(playlists, 4);
    const { segments, text } = playlists[0] as MediaPlaylist;
    const at = segments.findIndex(({ discontinuity }) => discontinuity);
    const end = (segments[at - 1]?.programDateMs ?? 0) + (segments[at - 1]?.durationS ?? 0) * 1_000;
    expect((segments[at]?.programDateMs ?? 0) - end, text).toBeLessThan(100);
    publisher.destroy();
    await playing;
  });

  it.concurrent("a picture that begins 3 s after the sound, at another rate than claimed, is in time", async () => {
    const late = tags.filter(
      ({ type, body, timestamp }) =>
        type === AUDIO || (type === VIDEO && (body[1] === 0 || timestamp >= 3_000)),
    );
    const { key, hls } = await openChannel(server, "late_picture");
    await using publisher = await publish(server, key);
    publisher.metadata({ width: 320, height: 180, framerate: 60, videocodecid: 7, audiocodecid: 10 });
    const playing = publisher.play(late, { pace: "realtime" });
    const playlists = await hls.waitFor(has(4), 30_000);
    const { variants } = await hls.master();
    for (const { attributes } of variants) expect(Number(attributes["FRAME-RATE"])).toBe(30);
    expectAgreement(playlists);
    await expectOneTimeline(playlists);
    await expectInSync(playlists, 4);
    publisher.destroy();
    await playing;
  });

  it.concurrent("sound that stops for 5 s and returns stalls nobody", async () => {
    const holed = tags.filter(
      ({ type, timestamp }) => type !== AUDIO || timestamp < 6_000 || timestamp >= 11_000,
    );
    const { key, hls } = await openChannel(server, "hole_in_sound");
    await using publisher = await publish(server, key);
    const playing = publisher.play(holed, { pace: "realtime" });
    let playlists = await hls.waitFor(has(2));
    let worstLag = 0;
    while (!playlists.every(reaches(8))) {
      const newest = playlists.map(({ segments }) => segments.at(-1)?.seq ?? 0);
      worstLag = Math.max(worstLag, Math.max(...newest) - Math.min(...newest));
      playlists = await hls.mediaPlaylists();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(worstLag).toBeLessThanOrEqual(1);
    expectAgreement(playlists);
    await expectOneTimeline(playlists);
    await expectInSync(playlists, 4);
    publisher.destroy();
    await playing;
  });

  it.concurrent("a new size on air is a new init segment behind a discontinuity", async () => {
    const bigger = await flashBeepTags(16, "640x360");
    const { key, hls, user, id } = await openChannel(server, "new_size");
    await using publisher = await publish(server, key);
    await publisher.play(between(tags, 0, 7_000), { pace: "realtime" });
    const before = lastSeq(await hls.waitFor(has(2)));
    const playing = publisher.play(bigger, { pace: "realtime", offsetMs: 7_000 });
    const playlists = await hls.waitFor(reaches(before + 4), 30_000);
    const { variants } = await hls.master();
    expect(variants.map(({ attributes }) => attributes["RESOLUTION"])).toContain("640x360");
    const source = playlists.find(({ segments }) => segments.at(-1)?.uri.includes("/source/"));
    expect(source?.segments.filter(({ discontinuity }) => discontinuity)).toHaveLength(1);
    expect(new Set(source?.segments.map(({ map }) => map)).size).toBe(2);
    const last = source?.segments.at(-1);
    const { streams } = await probe([last?.map ?? "", last?.uri ?? ""]);
    expect(streams[0]).toMatchObject({ width: 640, height: 360 });
    expect((await user.stream(id)).status).toBe("live");
    await expectOneTimeline(playlists);
    await expectInSync(playlists, 3);
    publisher.destroy();
    await playing;
  });
});
