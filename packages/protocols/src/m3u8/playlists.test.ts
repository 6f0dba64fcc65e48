import { describe, expect, it } from "vitest";
import {
  type MediaPlaylist,
  type PlaylistSegment,
  writeMediaPlaylist,
  writeSegment,
} from "./media-playlist.ts";
import { type VideoVariantEntry, writeMultivariantPlaylist } from "./multivariant-playlist.ts";

const segment = (seq: number, of: Partial<PlaylistSegment> = {}): PlaylistSegment => ({
  uri: `${seq}.m4s`,
  durationS: 2,
  programDateMs: Date.UTC(2026, 0, 1) + seq * 2_000,
  mapUri: undefined,
  discontinuity: false,
  gap: false,
  parts: [],
  ...of,
});
const list = (segments: PlaylistSegment[], of: Partial<MediaPlaylist> = {}): string[] =>
  writeMediaPlaylist({
    targetDurationS: 2,
    mediaSequence: 7,
    discontinuitySequence: 0,
    skipped: 0,
    segments: segments.map(writeSegment),
    lowLatency: undefined,
    ended: false,
    ...of,
  }).split("\n");

describe("media playlist", () => {
  it("offers blocking reload and deltas, and holds players back three target durations", () => {
    expect(list([segment(7)])).toContain(
      "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0",
    );
  });

  it("keeps the target duration whatever the segments last", () => {
    expect(list([segment(7, { durationS: 0.4 })])).toContain("#EXT-X-TARGETDURATION:2");
  });

  it("puts map and date before a segment, and its line last", () => {
    expect(list([segment(7, { mapUri: "init-0.mp4" }), segment(8)]).slice(7)).toEqual([
      '#EXT-X-MAP:URI="init-0.mp4"',
      "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:14.000Z",
      "#EXTINF:2.00000,",
      "7.m4s",
      "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:16.000Z",
      "#EXTINF:2.00000,",
      "8.m4s",
      "",
    ]);
  });

  it("marks a new run with a discontinuity and its own map, in that order, before the date", () => {
    const lines = list([segment(7), segment(8, { discontinuity: true, mapUri: "init-1.mp4" })]);
    const at = lines.indexOf("#EXT-X-DISCONTINUITY");
    expect(lines[at - 1]).toBe("7.m4s");
    expect(lines[at + 1]).toBe('#EXT-X-MAP:URI="init-1.mp4"');
    expect(lines[at + 2]).toMatch(/^#EXT-X-PROGRAM-DATE-TIME:/);
  });

  it("counts discontinuities that have left the list in the header", () => {
    expect(list([segment(7)], { discontinuitySequence: 3 })).toContain("#EXT-X-DISCONTINUITY-SEQUENCE:3");
  });

  it("lists a gap with its duration", () => {
    expect(list([segment(7, { gap: true })]).slice(-5)).toEqual([
      "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:14.000Z",
      "#EXT-X-GAP",
      "#EXTINF:2.00000,",
      "7.m4s",
      "",
    ]);
  });

  it("ends with ENDLIST only when the stream has ended", () => {
    expect(list([segment(7)], { ended: true }).at(-2)).toBe("#EXT-X-ENDLIST");
    expect(list([segment(7)])).not.toContain("#EXT-X-ENDLIST");
  });

  it("says how many segments a delta leaves out, in the version that knows of it", () => {
    const lines = list([segment(12)], { skipped: 5 });
    expect(lines).toContain("#EXT-X-SKIP:SKIPPED-SEGMENTS=5");
    expect(lines).toContain("#EXT-X-VERSION:9");
    expect(lines).toContain("#EXT-X-MEDIA-SEQUENCE:7");
    expect(list([segment(7)]).join()).not.toContain("SKIP:");
  });
});

describe("low-latency media playlist", () => {
  const part = (seq: number, index: number, independent = false) => ({
    uri: `${seq}.${index}.m4s`,
    durationS: 0.2002,
    independent,
  });
  const lowLatency = {
    partTargetS: 0.2002,
    open: {
      discontinuity: false,
      mapUri: undefined,
      programDateMs: Date.UTC(2026, 0, 1) + 16_000,
      parts: [part(8, 0, true), part(8, 1)],
    },
    preloadHintUri: "8.2.m4s",
    reports: [
      { uri: "../audio/ll.m3u8", lastMsn: 8, lastPart: 1 },
      { uri: "../160p/ll.m3u8", lastMsn: 7, lastPart: undefined },
    ],
  };

  it("holds players back three part targets, and says the longest part", () => {
    const lines = list([segment(7)], { lowLatency });
    expect(lines.join()).toContain("HOLD-BACK=6.0,PART-HOLD-BACK=0.60061");
    expect(lines).toContain("#EXT-X-PART-INF:PART-TARGET=0.20020");
  });

  it("rounds the target up, never below its parts", () => {
    const lines = list([], { lowLatency: { ...lowLatency, partTargetS: 5 / 23.976 } });
    const target = Number(/PART-TARGET=([\d.]+)/.exec(lines.join())?.[1]);
    expect(target).toBeGreaterThanOrEqual(5 / 23.976);
    expect(target).toBeLessThan(5 / 23.976 + 0.0001);
  });

  it.each([0.2, 0.2002, 5 / 23.976, 5 / 24, 0.1, 0.5])(
    "holds back no less than three times a target of %d",
    (partTargetS) => {
      const text = list([], { lowLatency: { ...lowLatency, partTargetS } }).join();
      const [, holdBack] = /PART-HOLD-BACK=([\d.]+)/.exec(text) ?? [];
      const [, target] = /PART-TARGET=([\d.]+)/.exec(text) ?? [];
      expect(Number(holdBack)).toBeGreaterThanOrEqual(3 * Number(target));
      expect(Number(holdBack)).toBeLessThan(3 * Number(target) + 0.0001);
    },
  );

  it("puts a segment's parts after its map and date, before its own line", () => {
    const lines = list([segment(7, { mapUri: "init-0.mp4", parts: [part(7, 0, true), part(7, 1)] })]);
    expect(lines.slice(7, -1)).toEqual([
      '#EXT-X-MAP:URI="init-0.mp4"',
      "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:14.000Z",
      '#EXT-X-PART:DURATION=0.20020,URI="7.0.m4s",INDEPENDENT=YES',
      '#EXT-X-PART:DURATION=0.20020,URI="7.1.m4s"',
      "#EXTINF:2.00000,",
      "7.m4s",
    ]);
  });

  it("ends with the open segment's parts, the hint, and where the other renditions are", () => {
    expect(list([segment(7)], { lowLatency }).slice(-7)).toEqual([
      "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:16.000Z",
      '#EXT-X-PART:DURATION=0.20020,URI="8.0.m4s",INDEPENDENT=YES',
      '#EXT-X-PART:DURATION=0.20020,URI="8.1.m4s"',
      '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="8.2.m4s"',
      '#EXT-X-RENDITION-REPORT:URI="../audio/ll.m3u8",LAST-MSN=8,LAST-PART=1',
      '#EXT-X-RENDITION-REPORT:URI="../160p/ll.m3u8",LAST-MSN=7',
      "",
    ]);
  });

  it("hints at nothing once the stream has ended", () => {
    const text = list([segment(7)], { lowLatency, ended: true }).join();
    expect(text).not.toMatch(/PRELOAD-HINT|RENDITION-REPORT/);
    expect(text).toContain("#EXT-X-ENDLIST");
  });
});

const video = (name: string, bps: number, height: number): VideoVariantEntry => ({
  uri: `${name}/index.m3u8`,
  codec: "avc1.64001f",
  width: (height * 16) / 9,
  height,
  frameRate: 30_000 / 1_001,
  peakBps: bps * 1.2,
  averageBps: bps,
});
const audio = {
  uri: "audio/index.m3u8",
  codec: "mp4a.40.2",
  channels: 2,
  peakBps: 130_000,
  averageBps: 128_000,
};

describe("multivariant playlist", () => {
  it("begins with the rung near 2 Mbit/s, then best first", () => {
    const videos = [video("source", 6e6, 1080), video("720p", 3e6, 720), video("480p", 1.5e6, 480)];
    const text = writeMultivariantPlaylist({ videos, audio });
    expect(text.match(/^\w+\/index\.m3u8$/gm)).toEqual([
      "480p/index.m3u8",
      "source/index.m3u8",
      "720p/index.m3u8",
    ]);
  });

  it("adds the sound to bandwidths and codecs, and names size, rate and group", () => {
    const text = writeMultivariantPlaylist({ videos: [video("720p", 3e6, 720)], audio });
    expect(text).toContain(
      '#EXT-X-STREAM-INF:BANDWIDTH=3730000,AVERAGE-BANDWIDTH=3130000,CODECS="avc1.64001f,mp4a.40.2",' +
        'RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="audio",CLOSED-CAPTIONS=NONE\n720p/index.m3u8',
    );
    expect(text).toContain('CHANNELS="2",URI="audio/index.m3u8"');
  });

  it("makes the sound the variant when there are no pictures", () => {
    const text = writeMultivariantPlaylist({ videos: [], audio });
    expect(text).toContain('CODECS="mp4a.40.2"\naudio/index.m3u8');
    expect(text).not.toContain("EXT-X-MEDIA");
    expect(text).not.toContain("RESOLUTION");
  });

  it("has no group when there is no sound", () => {
    const text = writeMultivariantPlaylist({ videos: [video("720p", 3e6, 720)], audio: undefined });
    expect(text).not.toContain("AUDIO");
    expect(text).toContain('CODECS="avc1.64001f",');
  });
});
