import { expect, it } from "vitest";
import { frameAt, ptsUsOf } from "../clock/frame-grid.ts";
import { h264Codec } from "./h264-codec.ts";
import { EncodeGrid } from "./picture-encode.ts";

const keyTimes = (
  fps: number,
  from: number,
  frames: number,
  skipped: readonly number[] = [],
  gridUs?: number,
) => {
  const grid = new EncodeGrid({ fps, keyframeIntervalMs: 2_000, gridUs });
  const keys: number[] = [];
  for (let frame = from; frame < from + frames; frame += 1) {
    const ptsUs = ptsUsOf(frame, fps);
    if (!grid.takes(ptsUs) || skipped.includes(frame)) continue;
    if (grid.wantsKey(ptsUs)) keys.push(ptsUs);
    grid.encoded(ptsUs);
  }
  return keys;
};

it.each([24, 25, 30, 48, 50, 60, 120])("has a keyframe exactly each two seconds at %i fps", (fps) => {
  expect(keyTimes(fps, 0, fps * 8)).toEqual([0, 2_000_000, 4_000_000, 6_000_000]);
});

it.each([24, 30, 60])("counts from its first picture, wherever that is, at %i fps", (fps) => {
  for (let from = 1; from < fps; from += 1) {
    const keys = Array.from({ length: 40 }, (_, at) => ptsUsOf(from + at * 2 * fps, fps));
    expect(keyTimes(fps, from, 80 * fps)).toEqual(keys);
  }
});

it("goes on with another one's grid after a keyframe of its own", () => {
  expect(keyTimes(30, 47, 160, [], ptsUsOf(10, 30))).toEqual([47, 70, 130, 190].map((at) => ptsUsOf(at, 30)));
});

it("makes the next picture the keyframe where the grid's own one was lost", () => {
  expect(keyTimes(30, 0, 100, [60, 61])).toEqual([0, ptsUsOf(62, 30)]);
});

it("takes each second picture for half the rate, on the same times", () => {
  const grid = new EncodeGrid({ fps: 30, keyframeIntervalMs: 2_000 });
  const taken = Array.from({ length: 8 }, (_, frame) => ptsUsOf(frame, 60)).filter((pts) => grid.takes(pts));
  expect(taken).toEqual([0, 33_333, 66_667, 100_000]);
});

it("finds the frame whose time has come, to the microsecond of it", () => {
  expect([frameAt(0, 30), frameAt(33.3, 30), frameAt(100, 30), frameAt(1_000 / 3, 60)]).toEqual([
    0, 0, 3, 20,
  ]);
});

it("names the lowest level that holds size and rate", () => {
  const codec = (width: number, height: number, fps: number, effort: "light" | "best" = "light") =>
    h264Codec({
      ...{ id: "a", width, height, fps, effort, bitrateBps: 1, keyframeIntervalMs: 2_000 },
      ...{ encoder: "webcodecs", bFrames: false },
    });
  expect(codec(640, 360, 30)).toBe("avc1.42e01e");
  expect(codec(1280, 720, 30)).toBe("avc1.42e01f");
  expect(codec(1920, 1080, 60, "best")).toBe("avc1.64002a");
});
