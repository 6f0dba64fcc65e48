import { parseAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import { joinAnnexB, nalTypeOf, splitLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { seiMessages } from "@footlight/protocols/h264/sei.ts";
import { decodeCaptureClock } from "@footlight/shared";
import { expect, test } from "vitest";
import type { PictureUnit } from "../units.ts";
import { Stamper } from "./stamp.ts";

/** x264's, 1280x720. */
const SPS = Buffer.from("6764001facd9405005bb011000000300100000030320f1831960", "hex");
const PPS = Buffer.from("68ebe3cb22c0", "hex");
const AUD = Buffer.from([9, 0xf0]);
const IDR = Buffer.from([0x65, 1, 2, 3]);
const SLICE = Buffer.from([0x41, 4, 5, 6]);

const webCodecs = (stamper: Stamper, nals: Uint8Array[], key: boolean, ptsUs = 0) =>
  stamper.ofWebCodecs({
    kind: "picture",
    encode: "e",
    ptsUs,
    key,
    data: joinAnnexB(nals),
    captureMs: 1_700_000_000_000.5,
  });
const clockOf = (unit: PictureUnit | undefined) => {
  const [first] = splitLengthPrefixed(unit?.data ?? Buffer.alloc(0));
  const [message] = first === undefined ? [] : seiMessages(first);
  return message === undefined ? undefined : decodeCaptureClock(message.payload);
};

test("nothing before a keyframe with its parameter sets", () => {
  const stamper = new Stamper("e");
  expect(webCodecs(stamper, [SLICE], false)).toBeUndefined();
  expect(webCodecs(stamper, [IDR], true)).toBeUndefined();
});

test("parameter sets go into the configuration, the capture clock before the slices", () => {
  const unit = webCodecs(new Stamper("e"), [AUD, SPS, PPS, IDR], true, 2_000_000);
  expect(unit).toMatchObject({ key: true, ptsUs: 2_000_000, dtsUs: 2_000_000, frame: 0 });
  expect(splitLengthPrefixed(unit?.data ?? Buffer.alloc(0)).map(nalTypeOf)).toEqual([6, 5]);
  expect(parseAvcConfig(unit?.config ?? Buffer.alloc(0)).sps.map((sps) => Buffer.from(sps))).toEqual([SPS]);
  expect(clockOf(unit)).toEqual({ captureUs: 1_700_000_000_000_500, frame: 0, source: unit?.source });
});

test("numbers count without holes, under one name for the counter's life", () => {
  const stamper = new Stamper("e");
  const units = [
    webCodecs(stamper, [SPS, PPS, IDR], true),
    webCodecs(stamper, [SLICE], false),
    webCodecs(stamper, [SLICE, SLICE], false),
  ];
  expect(units.map((unit) => clockOf(unit)?.frame)).toEqual([0, 1, 2]);
  expect(new Set(units.map((unit) => unit?.source)).size).toBe(1);
});
