import { spawnSync } from "node:child_process";
import { NalType } from "@footlight/protocols/h264/nal.ts";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../src/platform/clock.ts";
import { OPUS_FRAME_SAMPLES } from "../src/rtc-feed/sound-line.ts";
import { StreamFeed } from "../src/rtc-feed/stream-feed.ts";
import { FfmpegPublisher } from "../src/testing/ffmpeg-publisher.ts";
import { freePort } from "../src/testing/free-port.ts";
import {
  BUNDLED_FFMPEG,
  CollectingRoom,
  isKeyframe,
  logger,
  nalTypes,
  RtmpHub,
  RtpDecoder,
  type SentPacket,
  streamId,
} from "./rtc-feed-harness.ts";

const FFMPEG = "/usr/bin/ffmpeg";
const X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-sc_threshold", "0"];
const AAC = ["-c:a", "aac", "-b:a", "96k"];

/** A moving picture with a tone, in real time. */
function source(video: readonly string[], audio: readonly string[] = AAC, size = "320x180"): string[] {
  return [
    ...["-re", "-f", "lavfi", "-i", `testsrc2=size=${size}:rate=30`],
    ...["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"],
    ...[...video, ...audio, "-t", "60"],
  ];
}

const resources: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of resources.splice(0).reverse()) await resource[Symbol.asyncDispose]();
});
function use<T extends AsyncDisposable>(resource: T): T {
  resources.push(resource);
  return resource;
}

function publish(hub: RtmpHub, args: readonly string[]): FfmpegPublisher {
  const publisher = FfmpegPublisher.start(FFMPEG, args, hub.url);
  use({ [Symbol.asyncDispose]: async () => void (await publisher.kill()) });
  return publisher;
}

/** The stream's feed into a room that keeps everything. */
async function feed(hub: RtmpHub, room = new CollectingRoom()): Promise<CollectingRoom> {
  await hub.opened();
  const subscription = hub.hub.subscribe(streamId, "rtc-feed");
  if (subscription === "offline") throw new Error("the stream is not there");
  const running = new StreamFeed({
    ...{ subscription, openRoom: () => room, epochMs: hub.epochMs, comesByWebRtc: () => false },
    ...{ ffmpegPath: BUNDLED_FFMPEG, clock: systemClock, logger },
  });
  use({ [Symbol.asyncDispose]: () => running.close() });
  return room;
}

const stamps = (packets: readonly SentPacket[]): number[] => packets.map(({ timestamp }) => timestamp);
const steps = (list: readonly number[]): number[] => list.slice(1).map((each, i) => each - (list[i] ?? 0));
const beginnings = (room: CollectingRoom): SentPacket[] => room.frames.map((frame) => frame[0] as SentPacket);

function expectUnbroken(packets: readonly SentPacket[]): void {
  expect(packets.map(({ sequenceNumber }) => sequenceNumber)).toEqual(packets.map((_, i) => i % 65_536));
  expect(Math.min(0, ...steps(stamps(packets)))).toBe(0);
}

/** What every feed's packets keep to. */
function expectWellFormed(room: CollectingRoom): void {
  expectUnbroken(room.packets.video);
  expectUnbroken(room.packets.audio);
  expect(Math.max(...room.packets.video.map(({ bytes }) => bytes))).toBeLessThanOrEqual(1_200);
  for (const frame of room.frames.slice(0, -1)) {
    expect(frame.map(({ marker }) => marker)).toEqual(frame.map((_, i) => i === frame.length - 1));
    const types = frame.flatMap(nalTypes);
    if (isKeyframe(frame)) expect(types.slice(0, 2)).toEqual([NalType.sps, NalType.pps]);
    else expect(types).not.toContain(NalType.sps);
  }
}

const PASSED = [...X264, "-profile:v", "high", "-bf", "0", "-g", "30", "-b:v", "1500k"];
const CASES = [
  { name: "H.264 without B-frames as it is", args: source(PASSED), gop: 30 },
  {
    name: "H.264 with B-frames encoded, a keyframe each second",
    args: source([...X264, "-preset", "veryfast", "-bf", "2", "-g", "60", "-x264-params", "rc-lookahead=4"]),
    gop: 30,
  },
  {
    name: "4:2:2 and 44.1 kHz mono encoded",
    args: source(
      [...X264, "-pix_fmt", "yuv422p", "-bf", "0", "-g", "60"],
      [...AAC, "-ar", "44100", "-ac", "1"],
    ),
    gop: 30,
  },
];

describe("a stream that came by RTMP", () => {
  it.each(CASES)(
    "feeds $name, for a decoder of somebody else",
    { timeout: 60_000 },
    async ({ args, gop }) => {
      const hub = use(await RtmpHub.start());
      const decoder = use(
        await RtpDecoder.start(FFMPEG, { video: await evenPort(), audio: await evenPort() }),
      );
      publish(hub, args);
      const room = new CollectingRoom();
      room.onPacket = (kind, packet) => decoder.take(kind, packet);
      await feed(hub, room);
      await room.until(() => decoder.pictures > 60 && decoder.sounds > 100);

      expectWellFormed(room);
      expect(room.configured).toEqual([
        { video: { codec: "h264", profileLevelId: "42e01f" }, audio: { codec: "opus", channels: 2 } },
      ]);
      expect(decoder.differentPictures).toBeGreaterThan(decoder.pictures * 0.9);
      // ffmpeg misses what came before it listened, and nothing else.
      expect(decoder.words).not.toMatch(/RTP: missed|error while decoding|concealing/);
      const keyframes = room.frames.flatMap((frame, i) => (isKeyframe(frame) ? [i] : []));
      expect(new Set(steps(keyframes))).toEqual(new Set([gop]));
      // A busy machine may leave frames out of what is encoded, but the times of those that come are exact.
      expect(steps(stamps(beginnings(room))).every((step) => step % 3_000 === 0)).toBe(true);
      expect(new Set(steps(stamps(room.packets.audio)))).toEqual(new Set([OPUS_FRAME_SAMPLES]));
    },
  );

  it("tells what its times are in wall-clock time", { timeout: 30_000 }, async () => {
    const hub = use(await RtmpHub.start());
    publish(hub, source(PASSED));
    const room = await feed(hub);
    await room.until(() => room.clocks.length >= 3);
    const [first, second] = room.clocks.slice(-2);
    if (first === undefined || second === undefined) throw new Error("no clock");
    expect(first.source).toBe("arrival");
    const elapsedMs = (second.rtpTimestamp - first.rtpTimestamp) / 90;
    expect(elapsedMs).toBeGreaterThan(900);
    expect(Math.abs(second.wallMs - first.wallMs - elapsedMs)).toBeLessThan(50);
    expect(Math.abs(Date.now() - second.wallMs)).toBeLessThan(5_000);
  });

  it("goes on under the same numbers when its publisher comes back with another picture", {
    timeout: 60_000,
  }, async () => {
    const hub = use(await RtmpHub.start());
    const first = publish(hub, source(PASSED));
    const room = await feed(hub);
    await room.until(() => room.frames.length > 40);
    await first.kill();
    const { length } = room.frames;
    publish(hub, source([...X264, "-preset", "veryfast", "-bf", "2", "-g", "60"], AAC, "640x360"));
    await room.until(() => room.frames.length > length + 40);

    expectWellFormed(room);
    expect(room.configured).toHaveLength(1);
    expect(isKeyframe(room.frames[length] ?? room.frames[length + 1] ?? [])).toBe(true);
    expect(new Set(room.packets.video.map(({ ssrc }) => ssrc)).size).toBe(1);
    // The gap is as long as the publisher was away, for sound and picture alike.
    const gap = (list: readonly number[], rate: number): number => Math.max(...steps(list)) / rate;
    const apart = gap(stamps(beginnings(room)), 90_000) - gap(stamps(room.packets.audio), 48_000);
    expect(Math.abs(apart)).toBeLessThan(0.5);
  });

  it("goes over to an encoder in mid-stream, where the next keyframe is too far away", {
    timeout: 60_000,
  }, async () => {
    const hub = use(await RtmpHub.start());
    publish(hub, source([...X264, "-bf", "0", "-g", "600"]));
    const room = await feed(hub);
    const keyframes = (): number[] => room.frames.flatMap((frame, i) => (isKeyframe(frame) ? [i] : []));
    // One of the publisher's, then one a second.
    await room.until(() => room.packets.video.length % 20 === 0 && keyframes().length >= 4);
    expectWellFormed(room);
    const [passed, ...encoded] = keyframes();
    expect(passed).toBe(0);
    expect(new Set(steps(encoded))).toEqual(new Set([30]));
    // What its decoder has to catch up with is the only gap.
    const times = stamps(beginnings(room));
    const gaps = steps(times).filter((step) => step > 3_000);
    expect(gaps.length).toBeLessThanOrEqual(1);
    expect(room.configured).toHaveLength(1);
  });

  it("has sound again after its encoder died", { timeout: 60_000 }, async () => {
    const hub = use(await RtmpHub.start());
    publish(hub, source(PASSED));
    const room = await feed(hub);
    await room.until(() => room.packets.audio.length > 50);
    killChildren("libopus");
    const { length } = room.packets.audio;
    await room.until(() => room.packets.audio.length > length + 50);
    expectWellFormed(room);
  });
});

/** RTCP takes the next one. */
async function evenPort(): Promise<number> {
  const port = await freePort();
  return port % 2 === 0 ? port : port - 1;
}

/** SIGKILL to the children of this very process whose arguments have this word. */
function killChildren(word: string): void {
  const { stdout } = spawnSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], {
    encoding: "utf8",
  });
  const pids = stdout.split("\n").flatMap((line) => (line.includes(word) ? [Number.parseInt(line, 10)] : []));
  expect(pids).toHaveLength(1);
  for (const pid of pids) process.kill(pid, "SIGKILL");
}
