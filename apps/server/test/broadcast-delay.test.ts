import { type Dashboard, PanicAnswer, StudioStartAnswer, StudioStream } from "@footlight/shared";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { HlsClient, type MediaPlaylist } from "../src/testing/hls-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";
import { Encoders } from "./encoders.ts";
import { has } from "./publisher-tools.ts";

const DELAY_S = 4;

describe("a broadcast delay", { timeout: 60_000 }, () => {
  let server: TestServer;
  let trpc: TrpcCaller;
  let started: StudioStartAnswer;
  let hls: HlsClient;
  let publishedMs: number;
  const encoders = new Encoders();

  const stream = async () => StudioStream.parse((await trpc.query("studio.stream")).data);
  const dashboard = async () => (await trpc.query("dashboard.get")).data as Dashboard;

  beforeAll(async () => {
    server = await TestServer.start();
    trpc = new TrpcCaller(server.url);
    await trpc.signUp("dora");
    const settings = { title: "Later", latencyMode: "ultra-low", delayS: DELAY_S };
    started = StudioStartAnswer.parse((await trpc.mutate("studio.start", settings)).data);
    hls = new HlsClient(`${server.url}/media/${started.streamId}/ll.m3u8`);
    publishedMs = Date.now();
    encoders.start(server, started.streamKey);
  }, 60_000);

  afterAll(async () => {
    await encoders[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("shows nothing before it is over, in any tier, and offers no tier in real time", async () => {
    expect((await trpc.mutate("studio.start", { title: "x", delayS: 121 })).code).toBe("invalid_request");
    await vi.waitFor(async () => expect((await stream()).status).toBe("live"), {
      timeout: 20_000,
      interval: 50,
    });
    expect(Date.now() - publishedMs).toBeGreaterThan(DELAY_S * 1_000);
    const playlists = await hls.waitFor(has(1));
    for (const { segments } of playlists) {
      expect(segments[0]?.programDateMs).toBeGreaterThan(publishedMs + DELAY_S * 1_000);
    }
    const { playback } = (await dashboard()).stream ?? {};
    expect(playback?.playback_urls).toMatchObject({ whep: null, ll_hls: expect.stringContaining("ll.m3u8") });
    const offer = { method: "POST", headers: { "content-type": "application/sdp" }, body: "v=0" };
    expect((await fetch(`${server.url}/whep/${started.streamId}`, offer)).status).toBe(404);
    // It is fixed while there is a stream on air.
    expect((await trpc.mutate("studio.start", { title: "x", delayS: 0 })).code).toBe("stream_already_live");
  });

  it("is part of the delays that the streamer is told", async () => {
    const sample = {
      intervalMs: 10_000,
      stallMs: 0,
      stalls: 0,
      latencyMs: 900,
      bufferMs: 500,
      deliveryMs: 20,
    };
    const frames = { droppedFrames: 0, totalFrames: 300, quality: null };
    const beacon = {
      streamId: started.streamId,
      viewerId: "viewer-1234567",
      tier: "low",
      samples: [{ ...sample, ...frames }],
    };
    await fetch(`${server.url}/beacons`, { method: "POST", body: JSON.stringify(beacon) });
    const { audience } = await dashboard();
    expect(audience?.tiers).toMatchObject([
      { tier: "low", latencyMs: { median: 900 + DELAY_S * 1_000 }, stages: { held: DELAY_S * 1_000 } },
    ]);
  });

  it("gives a panic the time that it holds: what was held is never seen, and the stream goes on", async () => {
    await hls.waitFor(has(2));
    const pressedMs = Date.now();
    const dropped = PanicAnswer.parse((await trpc.mutate("studio.panic")).data);
    expect(dropped.droppedMs).toBeLessThanOrEqual(DELAY_S * 1_000);
    expect(dropped.droppedUnits).toBeGreaterThan(0);
    const isCut = ({ segments }: { segments: readonly { discontinuity: boolean }[] }) =>
      segments.findIndex(({ discontinuity }) => discontinuity) > 0;
    const playlists = await hls.waitFor(isCut);
    for (const { segments, text } of playlists) {
      const at = segments.findIndex(({ discontinuity }) => discontinuity);
      const [before, after] = [segments[at - 1], segments[at]];
      const endMs = (before?.programDateMs ?? 0) + (before?.durationS ?? 0) * 1_000;
      // What came in in the last seconds before it would have had these times.
      expect(endMs, text).toBeLessThan(pressedMs + 500);
      expect(after?.programDateMs, text).toBeGreaterThan(pressedMs + DELAY_S * 1_000 - 100);
    }
    expect((await stream()).streamId).toBe(started.streamId);
  });

  it("lets out what it holds when its encoder has left, and ends then", async () => {
    const endMs = ([{ segments } = { segments: [] }]: readonly Pick<MediaPlaylist, "segments">[]) =>
      (segments.at(-1)?.programDateMs ?? 0) + (segments.at(-1)?.durationS ?? 0) * 1_000;
    await encoders[Symbol.asyncDispose]();
    const leftAtMs = endMs(await hls.mediaPlaylists());
    // Off air by the streamer's hand: what was said before it is still heard.
    expect((await trpc.mutate("studio.end", {})).status).toBe(200);
    const playlists = await hls.waitFor(({ ended }) => ended);
    expect(endMs(playlists)).toBeGreaterThan(leftAtMs + (DELAY_S / 2) * 1_000);
    await vi.waitFor(async () => expect((await trpc.query("studio.stream")).data).toBeNull());
    expect((await trpc.mutate("studio.panic")).code).toBe("stream_not_live");
  });
});
