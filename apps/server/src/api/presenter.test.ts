import { StreamId } from "@footlight/shared";
import { describe, expect, test } from "vitest";
import type { Stream } from "../domain/streams/stream.ts";
import { Presenter, type PresenterDeps } from "./presenter.ts";

const stream = (latencyMode: Stream["latencyMode"], delayS = 0): Stream =>
  ({
    ...{ streamId: StreamId.parse("abcdefgh"), latencyMode, delayS },
    ...{ tags: [], startedAtMs: null },
  }) as unknown as Stream;

const deps = (available: boolean): PresenterDeps => ({
  publicUrl: "https://live.example:8443",
  ingest: () => ({ rtmp: 1935, rtmps: undefined }),
  lanAddress: () => "192.168.1.7",
  rtc: { available },
  live: { qualities: () => [] },
  viewers: { count: async () => 0 },
  thumbnails: { get: () => undefined },
  clock: { nowMs: () => 0 },
});
const presenter = (available: boolean) => new Presenter(deps(available));

describe("where WebRTC is", () => {
  test.each([
    ["ultra-low", true, "https://h/whep/abcdefgh"],
    ["ultra-low", false, null],
    ["low", true, null],
    ["standard", true, null],
  ] as const)("mode %s, a media worker: %s → WHEP at %s", async (latencyMode, available, url) => {
    const { playback_urls } = await presenter(available).playback(stream(latencyMode), "https://h");
    expect(playback_urls.whep).toBe(url);
  });

  test("a stream that is held back offers none", async () => {
    const { playback_urls } = await presenter(true).playback(stream("ultra-low", 10), "https://h");
    expect(playback_urls.whep).toBeNull();
  });

  test("WHIP is at the public address, while a media worker runs", () => {
    expect(presenter(true).ingestUrls("http://h").webrtc).toBe("https://live.example:8443/whip");
    expect(presenter(false).ingestUrls("http://h").webrtc).toBeNull();
  });
});

test("a phone is told the address in the network where the page has only this machine's own", () => {
  const at = (origin: string, publicUrl = "") =>
    new Presenter({ ...deps(true), publicUrl: publicUrl || undefined }).lanRtmp(origin);
  expect(at("http://localhost:8080")).toBe("rtmp://192.168.1.7:1935/live");
  expect(at("http://127.0.0.1:8080")).toBe("rtmp://192.168.1.7:1935/live");
  expect(at("http://192.168.1.7:8080")).toBeNull();
  expect(at("http://localhost:8080", "https://live.example")).toBeNull();
});
