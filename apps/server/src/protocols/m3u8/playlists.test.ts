import { describe, expect, it } from "vitest";
import { type PlaylistSegment, writeMediaPlaylist } from "./media-playlist.ts";
import { type VideoVariantEntry, writeMultivariantPlaylist } from "./multivariant-playlist.ts";

const segment = (seq: number, of: Partial<PlaylistSegment> = {}): PlaylistSegment => ({
  uri: `${seq}.m4s`,
  durationS: 2,
  programDateMs: Date.UTC(2026, 0, 1) + seq * 2_000,
  mapUri: "init-0.mp4",
  discontinuity: 0,
  gap: false,
  ...of,
});
const list = (segments: PlaylistSegment[], ended = false): string[] =>
  writeMediaPlaylist({ targetDurationS: 2, mediaSequence: 7, segments, ended }).split("\n");

describe("media playlist", () => {
  it("offers blocking reload and holds players back three target durations", () => {
    expect(list([segment(7)])).toContain("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=6.0");
  });

  it("keeps the target duration whatever the segments last", () => {
    expect(list([segment(7, { durationS: 0.4 })])).toContain("#EXT-X-TARGETDURATION:2");
  });

  it("puts map and date before a segment, and its line last", () => {
    expect(list([segment(7), segment(8)]).slice(7)).toEqual([
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
    const lines = list([segment(7), segment(8, { discontinuity: 1, mapUri: "init-1.mp4" })]);
    const at = lines.indexOf("#EXT-X-DISCONTINUITY");
    expect(lines[at - 1]).toBe("7.m4s");
    expect(lines[at + 1]).toBe('#EXT-X-MAP:URI="init-1.mp4"');
    expect(lines[at + 2]).toMatch(/^#EXT-X-PROGRAM-DATE-TIME:/);
  });

  it("counts a discontinuity in the header once its tag has left the list", () => {
    const later = segment(8, { discontinuity: 3 });
    expect(list([later])).toContain("#EXT-X-DISCONTINUITY-SEQUENCE:3");
    expect(list([later])).not.toContain("#EXT-X-DISCONTINUITY");
  });

  it("lists a gap with its duration, without a map where the run has none", () => {
    const lines = list([segment(7, { gap: true, mapUri: undefined })]);
    expect(lines.slice(-5)).toEqual([
      "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:14.000Z",
      "#EXT-X-GAP",
      "#EXTINF:2.00000,",
      "7.m4s",
      "",
    ]);
    expect(lines.join()).not.toContain("EXT-X-MAP");
  });

  it("ends with ENDLIST only when the stream has ended", () => {
    expect(list([segment(7)], true).at(-2)).toBe("#EXT-X-ENDLIST");
    expect(list([segment(7)])).not.toContain("#EXT-X-ENDLIST");
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
