import { MessageType, type RtmpMessage } from "@footlight/protocols/rtmp/message.ts";
import { captureClockNal } from "@footlight/shared";
import { describe, expect, test } from "vitest";
import type { IncomingUnit, TrackSet } from "../../stream/unit.ts";
import { cleanName } from "../encoder-name.ts";
import { MediaFeed } from "./media-feed.ts";
import { frameRateOf, readMetadata } from "./metadata.ts";

/** avcC of libx264: 640x362, 29.97 fps, no B-frames. */
const AVCC =
  "0164001effe1001867" + "64001eacb201405ff26022000007d20001d4c01e2c5c9001000668ebc3cb22c0fdf8f800";
const IDR = "00000002" + "6588";
const SLICE = "00000002" + "4188";

const setup = (accepts = true) => {
  const tracks: TrackSet[] = [];
  const units: IncomingUnit[] = [];
  let dropped = 0;
  const feed = new MediaFeed(
    { setTracks: (set) => tracks.push(set), push: (unit) => units.push(unit) },
    () => accepts,
    () => {
      dropped++;
    },
  );
  const send = (type: number, timestamp: number, hex: string) => {
    const message: RtmpMessage = { type, timestamp, streamId: 1, payload: Buffer.from(hex, "hex") };
    return feed.media(message);
  };
  return {
    feed,
    tracks,
    units,
    dropped: () => dropped,
    video: (timestamp: number, hex: string) => send(MessageType.video, timestamp, hex),
    audio: (timestamp: number, hex: string) => send(MessageType.audio, timestamp, hex),
  };
};

describe("tracks", () => {
  test("without metadata both are expected; each configuration is announced once", () => {
    const { tracks, video, audio } = setup();
    video(0, `1700000000${AVCC}`);
    video(0, `1700000000${AVCC}`);
    audio(0, "af001190");
    audio(0, "af001190");
    expect(tracks).toHaveLength(2);
    expect(tracks[0]).toMatchObject({ expectsVideo: true, expectsAudio: true, audio: undefined });
    expect(tracks[1]).toMatchObject({
      video: {
        width: 640,
        height: 362,
        codecString: "avc1.64001e",
        claimedFrameRate: { num: 30_000, den: 1001 },
      },
      audio: { sampleRate: 48_000, channels: 2 },
    });
  });

  test("metadata says what is not coming, a track that comes nevertheless is taken", () => {
    const { feed, tracks, audio } = setup();
    feed.metadata({ width: 640, videocodecid: 7, framerate: 60 });
    expect(tracks[0]).toMatchObject({ expectsVideo: true, expectsAudio: false });
    audio(0, "af001190");
    expect(tracks[1]).toMatchObject({ expectsAudio: true, audio: { sampleRate: 48_000 } });
  });

  test("metadata behind the header changes the claimed rate", () => {
    const { feed, tracks, video } = setup();
    video(0, `1700000000${AVCC}`);
    feed.metadata({ framerate: 59.94, audiocodecid: 10 });
    expect(tracks.at(-1)?.video?.claimedFrameRate).toEqual({ num: 60_000, den: 1001 });
  });

  test("a configuration of 2-byte lengths is handed on with 4", () => {
    const { tracks, units, video } = setup();
    const twoBytes = `${AVCC.slice(0, 8)}fd${AVCC.slice(10)}`;
    video(0, `1700000000${twoBytes}`);
    video(0, "17010000000002658800024188");
    expect(tracks[0]?.video?.config[4]).toBe(0xff);
    expect(Buffer.from(units[0]?.data ?? []).toString("hex")).toBe(IDR + SLICE);
  });
});

describe("units", () => {
  test("90 kHz, composition time, keyframe from the bitstream and not from the tag", () => {
    const { units, video, audio } = setup();
    video(0, `1700000000${AVCC}`);
    audio(0, "af001190");
    video(10, `1701000021${IDR}`);
    video(43, `1701000000${SLICE}`);
    video(76, `2701ffffff${IDR}`);
    audio(80, "af012110");
    expect(units.map(({ kind, dts90k, pts90k, keyframe }) => [kind, dts90k, pts90k, keyframe])).toEqual([
      ["video", 900, 900 + 33 * 90, true],
      ["video", 3870, 3870, false],
      ["video", 6840, 6750, true],
      ["audio", 7200, 7200, true],
    ]);
  });

  test("an open GOP's recovery point is a keyframe where the tag says so", () => {
    const { units, video } = setup();
    video(0, `1700000000${AVCC}`);
    video(0, `170100000000000003060601${SLICE}`);
    video(40, `270100000000000003060601${SLICE}`);
    expect(units.map((unit) => unit.keyframe)).toEqual([true, false]);
  });

  test("ADTS that was left on is taken off", () => {
    const { units, audio } = setup();
    audio(0, "af001190");
    audio(0, "af01fff14c80015ffc" + "112233");
    expect(Buffer.from(units[0]?.data ?? []).toString("hex")).toBe("112233");
  });

  test("frames without configuration, and absurd composition times, are dropped and counted", () => {
    const { units, dropped, video, audio } = setup();
    audio(0, "af012110");
    video(0, `1701000000${IDR}`);
    video(0, `1700000000${AVCC}`);
    video(0, `17017fffff${IDR}`);
    expect([units.length, dropped()]).toEqual([0, 3]);
  });
});

describe("faults", () => {
  test("by name", () => {
    expect(setup().audio(0, "2f00")).toEqual({ kind: "unsupported", name: "MP3" });
    expect(setup(false).video(0, `1c00000000${AVCC}`)).toEqual({ kind: "unsupported", name: "HEVC (H.265)" });
    // frameLengthFlag: 960 samples
    expect(setup().audio(0, "af001194")).toEqual({ kind: "unsupported", name: "AAC with 960-sample frames" });
  });

  test("a configuration that cannot be read ends it at once, frames after fifty in a row", () => {
    expect(setup().video(0, "17000000000164")).toMatchObject({ kind: "malformed" });
    expect(setup().audio(0, "af00ff")).toMatchObject({ kind: "malformed" });
    const { video, audio, dropped } = setup();
    video(0, `1700000000${AVCC}`);
    audio(0, "af001190");
    for (let i = 0; i < 50; i++) {
      expect(video(i, "1701000000ffffffff65")).toBeUndefined();
      audio(i, "af012110");
    }
    expect(video(50, "1701000000ffffffff65")).toMatchObject({ kind: "malformed" });
    expect(dropped()).toBe(51);
  });
});

describe("metadata", () => {
  test("OBS, ffmpeg without sound, nonsense", () => {
    expect(
      readMetadata({ encoder: "obs-output module", framerate: 30, videocodecid: 7, audiocodecid: 10 }),
    ).toMatchObject({
      expectsVideo: true,
      expectsAudio: true,
      encoder: "obs-output module",
      frameRate: { num: 30, den: 1 },
    });
    expect(readMetadata({ videocodecid: 7, width: 1 })).toMatchObject({
      expectsVideo: true,
      expectsAudio: false,
    });
    expect(readMetadata({ hasVideo: false, hasAudio: true, width: 640 })).toMatchObject({
      expectsVideo: false,
    });
    expect(readMetadata({})).toMatchObject({ expectsVideo: true, expectsAudio: true });
    expect(readMetadata({ encoder: 7, framerate: "fast", width: {} })).toMatchObject({
      encoder: undefined,
      frameRate: undefined,
    });
  });

  test.each([
    [23.976, 24_000, 1001],
    [29.97, 30_000, 1001],
    [29.97002997, 30_000, 1001],
    [59.94, 60_000, 1001],
    [25, 25, 1],
    [30, 30, 1],
    [12.5, 25, 2],
    [60.000_02, 60, 1],
  ])("%d frames a second", (rate, num, den) => {
    expect(frameRateOf(rate)).toEqual({ num, den });
  });

  test.each([0, -1, 1e9, Number.NaN, Number.POSITIVE_INFINITY])("%d is no rate", (rate) => {
    expect(frameRateOf(rate)).toBeUndefined();
  });

  test("names are made fit for a page and a log", () => {
    expect(cleanName("obs\u0000\n<b>\u202e")).toBe("obs<b>");
    expect(cleanName(" \u0007 ")).toBeUndefined();
    expect(cleanName("x".repeat(500))).toHaveLength(100);
  });
});

describe("the time of capture", () => {
  const sei = (bytes: Uint8Array) =>
    bytes.length.toString(16).padStart(8, "0") + Buffer.from(bytes).toString("hex");

  test("is read from our own SEI and stays in the frame", () => {
    const { units, video } = setup();
    video(0, `1700000000${AVCC}`);
    const told = sei(captureClockNal({ captureUs: 1_795_262_400_123_456, frame: 1 }));
    video(0, `1701000000${told}${IDR}`);
    video(33, `2701000000${SLICE}`);
    expect(units.map(({ captureMs }) => captureMs)).toEqual([1_795_262_400_123.456, undefined]);
    expect(units[0]).toMatchObject({ keyframe: true });
    expect(Buffer.from(units[0]?.data ?? []).toString("hex")).toBe(told + IDR);
  });

  test("is not read from another's, and a broken one costs nothing", () => {
    const { units, video, dropped } = setup();
    video(0, `1700000000${AVCC}`);
    const other = captureClockNal({ captureUs: 1, frame: 1 }).map((byte, at) => (at === 5 ? byte ^ 1 : byte));
    video(0, `1701000000${sei(other)}${IDR}`);
    video(33, `2701000000${sei(Uint8Array.of(6, 5, 255, 255))}${SLICE}`);
    expect(units.map(({ captureMs }) => captureMs)).toEqual([undefined, undefined]);
    expect(dropped()).toBe(0);
  });
});
