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
    recording: { folder: null, container: null },
    replayS: null,
    hotkeys: {},
    unmatched: [],
    service: null,
  });
});

test("a profile in advanced mode with a rate as a fraction", () => {
  const ini =
    "[Video]\nFPSType=2\nFPSNum=60000\nFPSDen=1001\n[Output]\nMode=Advanced\n[AdvOut]\nTrack1Bitrate=160\nRecFilePath=/rec\nRecFormat2=hybrid_mp4\nRecRBTime=20\n[SimpleOutput]\nVBitrate=2500";
  const service = { type: "rtmp_custom", settings: { server: "rtmp://one/live", key: "secret" } };
  const beside = {
    "streamEncoder.json": '{"bitrate":6000,"keyint_sec":2,"rate_control":"CBR"}',
    "service.json": JSON.stringify(service),
  };
  expect(readObsProfile(ini, beside)).toEqual({
    canvas: null,
    output: null,
    fps: 60,
    bitrateBps: 6_000_000,
    audioBitrateBps: 160_000,
    recording: { folder: "/rec", container: "mp4" },
    replayS: 20,
    hotkeys: {},
    unmatched: [],
    service: { kind: "rtmp", url: "rtmp://one/live", key: "secret" },
  });
});

test.each([
  ["of OBS' list with a server", { type: "rtmp_common", settings: { server: "rtmps://x/app" } }, "rtmp"],
  ["of OBS' list without one", { type: "rtmp_common", settings: { server: "auto" } }, undefined],
  ["by WHIP", { type: "whip_custom", settings: { server: "https://x/whip", bearer_token: "t" } }, "whip"],
  ["that is broken", [], undefined],
])("a service %s", (_name, service, kind) => {
  const beside = { "service.json": JSON.stringify(service) };
  expect(readObsProfile("[Video]\n", beside)?.service?.kind).toBe(kind);
});

test("another file is none", () => {
  expect(readObsProfile("[Desktop Entry]\nName=x")).toBeNull();
  expect(readObsProfile("{}")).toBeNull();
});
