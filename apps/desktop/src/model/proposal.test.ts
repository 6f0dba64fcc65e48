import { describe, expect, it } from "vitest";
import { type EncoderSpeed, type Measurements, propose, strains } from "./proposal.ts";

const x264: EncoderSpeed = { name: "libx264", fps360p: 400, fps720p: 150, fps1080p: 70 };
const builtIn: EncoderSpeed = { name: "webcodecs", fps360p: 300, fps720p: 90, fps1080p: 40 };
const nvenc: EncoderSpeed = { name: "h264_nvenc", fps360p: 700, fps720p: 400, fps1080p: 220 };
const screen = { width: 2560, height: 1440 };
const best: Measurements = { lineBps: 100e6, encoders: [nvenc, x264, builtIn], camera: null, screen };
const from = (over: Partial<Measurements>) => {
  const { preset, beyond: _, ...rest } = propose({ ...best, ...over });
  return { ...rest, id: preset.id };
};

describe("propose", () => {
  it("gives a strong machine on a fast line all there is", () => {
    expect(from({})).toMatchObject({
      ...{ id: "best", limit: null, slow: false, bitrateBps: 8e6, bitrateReason: "full" },
      ...{ encoder: "h264_nvenc", encoderReason: "hardware" },
    });
  });

  it.each([
    // 70 % of it, less the sound.
    [0, "light", 200_000, "too_slow"],
    [300_000, "light", 200_000, "too_slow"],
    [800_000, "light", 400_000, "too_slow"],
    [1_000_000, "light", 500_000, "line"],
    [2_000_000, "fair", 1_200_000, "line"],
    [2_400_000, "fair", 1_500_000, "full"],
    [3_500_000, "good", 2_250_000, "line"],
    [7_000_000, "sharp", 4_700_000, "line"],
    [Number.POSITIVE_INFINITY, "best", 8_000_000, "full"],
  ])("from a line of %d bits a second: %s, %d", (lineBps, id, bitrateBps, bitrateReason) => {
    expect(from({ lineBps })).toMatchObject({
      ...{ id, bitrateBps, bitrateReason, slow: bitrateReason === "too_slow" },
      limit: id === "best" ? null : "line",
    });
  });

  it.each([null, Number.NaN])(
    "makes of a line that is not known (%s) what every service takes",
    (lineBps) => {
      expect(from({ lineBps })).toMatchObject({
        ...{ id: "good", limit: "line", bitrateBps: 3e6, bitrateReason: "unknown_line", usableBps: null },
      });
    },
  );

  it.each([
    ["fast enough twice over", { fps720p: 60 }, "good", 2, "processor"],
    ["a hair too slow", { fps720p: 59 }, "fair", expect.closeTo(5.3, 1), "processor"],
    ["fit for small pictures alone", { fps720p: 0 }, "light", expect.closeTo(13.3, 1), "processor"],
    ["without a figure", { fps360p: Number.NaN, fps720p: Number.NaN }, "light", 0, "too_slow"],
    ["far too slow", { fps360p: 12, fps720p: 4 }, "light", 0.4, "too_slow"],
  ])("asks no more of a processor that is %s", (_, speeds, id, encoderRoom, encoderReason) => {
    const encoders = [{ ...x264, fps1080p: undefined, ...speeds }];
    expect(from({ encoders })).toMatchObject({
      ...{ id, limit: "machine", encoder: "libx264", encoderReason, encoderRoom },
      slow: encoderReason === "too_slow",
    });
  });

  it("takes the browser's own encoder where it is quick enough, and another where that makes more of it", () => {
    expect(
      from({ encoders: [x264, builtIn], camera: { width: 1280, height: 720, fps: 30 }, screen: null }),
    ).toMatchObject({ id: "good", encoder: "webcodecs", encoderReason: "built_in", encoderRoom: 3 });
    expect(from({ encoders: [x264, builtIn] })).toMatchObject({ id: "sharp", encoder: "libx264" });
  });

  it("leaves the encoder to the studio where none could be tried, and promises little", () => {
    expect(from({ encoders: [] })).toMatchObject({
      ...{ id: "good", limit: "machine", encoder: "auto", encoderReason: "unknown", encoderRoom: null },
    });
  });

  it.each([
    ["a webcam", { width: 1280, height: 720, fps: 30 }, null, "good", "camera"],
    ["an old webcam", { width: 640, height: 480, fps: 20 }, null, "fair", "camera"],
    ["a tiny one", { width: 320, height: 240, fps: 15 }, null, "light", "camera"],
    ["one with 60 pictures a second", { width: 1280, height: 720, fps: 59.94 }, null, "smooth", "camera"],
    ["one that tells no rate", { width: 1920, height: 1080, fps: Number.NaN }, null, "sharp", "camera"],
    ["a laptop's screen", null, { width: 1366, height: 768 }, "smooth", "screen"],
    ["a webcam on a large screen", { width: 640, height: 480, fps: 30 }, screen, "best", null],
    ["neither", null, null, "best", null],
  ])("makes no more of %s than it shows", (_, camera, shown, id, limit) => {
    expect(from({ camera, screen: shown })).toMatchObject({ id, limit, slow: false });
  });

  it("names what could be mended before what a camera leaves out anyway", () => {
    const camera = { width: 1920, height: 1080, fps: 30 };
    expect(propose({ ...best, camera, screen: null, lineBps: 5.5e6 })).toMatchObject({
      ...{ preset: { id: "good" }, limit: "line", beyond: { id: "sharp" } },
    });
    expect(from({ camera, screen: null })).toMatchObject({ id: "sharp", limit: "camera" });
  });
});

describe("strains", () => {
  const figures = { width: 1920, height: 1080, fps: 60, bitrateBps: 8e6 };

  it("tells what a choice by hand asks too much of", () => {
    expect(strains(figures, "libx264", { ...best, lineBps: 5e6 })).toEqual(["line", "machine"]);
    expect(strains(figures, "h264_nvenc", best)).toEqual([]);
  });

  it("says nothing of what was not measured", () => {
    expect(strains(figures, "auto", { ...best, lineBps: null })).toEqual([]);
  });
});
