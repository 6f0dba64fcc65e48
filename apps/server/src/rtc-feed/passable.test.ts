import { toLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { describe, expect, it } from "vitest";
import { TIMELINE_CLOCK } from "../stream/capture-clock.ts";
import type { Unit, VideoTrack } from "../stream/unit.ts";
import { nalsOf, PassWatch, trackUnpassable } from "./passable.ts";

/** avcC records written by ffmpeg 5.1 with libx264. */
const HIGH_WITH_B =
  "0164002affe1001b6764002aacd940780227e5c044000003000400000301e03c60c65801000668ebe3cb22c0fdf8f800";
const HIGH_WITHOUT_B =
  "0164001effe100186764001eacb201405ff26022000007d20001d4c01e2c5c9001000668ebc3cb22c0fdf8f800";
const INTERLACED =
  "01640028ffe1001a67640028acd94078044fde0220000003002000000643e2c5b2c001000668fba3cb22c0fdf8f800";
const YUV444 = "01f4000dffe1001967f4000d919b28283f6022000003000200000300781e28532c01000668ebe3c44844fff8f800";
const TEN_BIT =
  "016e000dffe10019676e000da6cd94141fb0e10000030001000003003c0f14299601000668ebe3cb22c0fdfafa00";

const track = (config: string, codec: VideoTrack["codec"] = "h264"): VideoTrack => ({
  ...{ kind: "video", codec, config: Buffer.from(config, "hex"), width: 640, height: 360 },
  ...{ claimedFrameRate: undefined, codecString: "" },
});

const IDR = Uint8Array.of(0x65, 0b1_0001000, 0);
const P = Uint8Array.of(0x41, 0b1_00110_00);
const B = Uint8Array.of(0x01, 0b1_00111_00);
const RECOVERY_POINT = Uint8Array.of(0x06, 6, 1, 0x80, 0x80);

function unit(index: number, nals: readonly Uint8Array[], reorder = 0): Unit {
  const dts90k = index * 3_000;
  const data = toLengthPrefixed(nals);
  return {
    ...{ kind: "video", dts90k, pts90k: dts90k + reorder * 3_000, data },
    ...{ keyframe: nals.some((nal) => nal === IDR || nal === RECOVERY_POINT) },
    ...{ receivedAtMs: 0, clock: TIMELINE_CLOCK },
  };
}

const look = (watch: PassWatch, of: Unit) => watch.look(of, nalsOf(of));

describe("a track for browsers", () => {
  it.each([
    ["High with B-frames: its frames will tell", track(HIGH_WITH_B), undefined],
    ["High without", track(HIGH_WITHOUT_B), undefined],
    ["interlaced", track(INTERLACED), "profile"],
    ["4:4:4", track(YUV444), "profile"],
    ["10 bit", track(TEN_BIT), "profile"],
    ["a broken record", track("0164"), "profile"],
    ["HEVC", track(HIGH_WITHOUT_B, "hevc"), "codec"],
  ])("%s", (_, of, expected) => {
    expect(trackUnpassable(of)).toBe(expected);
  });
});

describe("frames for browsers", () => {
  it("pass in the order in which they are shown", () => {
    const watch = new PassWatch(track(HIGH_WITH_B));
    for (let i = 0; i < 120; i += 1) {
      expect(look(watch, unit(i, [i % 60 === 0 ? IDR : P]))).toBeUndefined();
    }
  });

  it("do not with the first keyframe of an encoder that reorders", () => {
    expect(look(new PassWatch(track(HIGH_WITH_B)), unit(0, [IDR], 2))).toBe("b_frames");
  });

  it("do not where slices are of two directions, although the publisher tells no composition times", () => {
    const watch = new PassWatch(track(HIGH_WITH_B));
    expect(look(watch, unit(0, [IDR]))).toBeUndefined();
    expect(look(watch, unit(1, [P]))).toBeUndefined();
    expect(look(watch, unit(2, [B]))).toBe("b_frames");
  });

  it("pass with a constant delay where the parameter sets rule reordering out", () => {
    expect(look(new PassWatch(track(HIGH_WITHOUT_B)), unit(0, [IDR], 1))).toBeUndefined();
  });

  it("do not where keyframes are too far apart, or none that a browser begins with", () => {
    const far = new PassWatch(track(HIGH_WITHOUT_B));
    const verdicts = Array.from({ length: 160 }, (_, i) => look(far, unit(i, [i === 0 ? IDR : P])));
    expect(verdicts.indexOf("keyframes")).toBe(151);

    const refreshed = new PassWatch(track(HIGH_WITHOUT_B));
    const nals = (i: number) => (i % 30 === 0 ? [RECOVERY_POINT, P] : [P]);
    expect(Array.from({ length: 160 }, (_, i) => look(refreshed, unit(i, nals(i)))).at(-1)).toBe("keyframes");
  });

  it("have no NAL units where they are broken", () => {
    expect(nalsOf({ ...unit(0, [IDR]), data: Uint8Array.of(0, 0, 0, 9, 1) })).toEqual([]);
  });
});
