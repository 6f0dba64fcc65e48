import { expect, test } from "vitest";
import { readObsProfile } from "./obs-profile.ts";

test("a profile in simple mode", () => {
  const ini =
    "\uFEFF[General]\r\nName=Mine\r\n\r\n[Video]\r\nBaseCX=1920\r\nBaseCY=1080\r\nOutputCX=1280\r\nOutputCY=720\r\nFPSCommon=29.97\r\n[Output]\r\nMode=Simple\r\n[SimpleOutput]\r\nVBitrate=4500\r\nABitrate=192\r\n";
  expect(readObsProfile(ini)).toEqual({
    canvas: { width: 1920, height: 1080 },
    output: { width: 1280, height: 720 },
    fps: 30,
    bitrateBps: 4_500_000,
    audioBitrateBps: 192_000,
  });
});

test("a profile in advanced mode with a rate as a fraction", () => {
  const ini =
    "[Video]\nFPSType=2\nFPSNum=60000\nFPSDen=1001\n[Output]\nMode=Advanced\n[AdvOut]\nTrack1Bitrate=160\n[SimpleOutput]\nVBitrate=2500";
  expect(readObsProfile(ini)).toEqual({
    canvas: null,
    output: null,
    fps: 60,
    bitrateBps: null,
    audioBitrateBps: 160_000,
  });
});

test("another file is none", () => {
  expect(readObsProfile("[Desktop Entry]\nName=x")).toBeNull();
  expect(readObsProfile("{}")).toBeNull();
});
