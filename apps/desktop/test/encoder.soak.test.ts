import { expect, it, vi } from "vitest";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { TestServer } from "../../server/src/testing/test-server.ts";
import { EncoderHarness, offGrid, target } from "./encoder-harness.ts";
import { Line } from "./line.ts";
import { expectBearable, narrow } from "./narrow-line.ts";
import { KEY, RtmpSink } from "./rtmp-sink.ts";

const FPS = 30;
const LONG = { timeout: 150_000 };
const WAIT = { timeout: 120_000, interval: 100 };

it("a minute on air: no picture lost, a keyframe at each grid point and none between", LONG, async () => {
  await using sink = await RtmpSink.start();
  await using harness = await EncoderHarness.start();
  const ordered = target({ url: sink.url, key: KEY });
  const encode = { ...ordered.encode, ...{ width: 640, height: 360, bitrateBps: 1_500_000 } };
  harness.encoder.onOrder({ kind: "start-target", target: { ...ordered, encode } });
  await vi.waitFor(() => expect(sink.sounds.length * 1024).toBeGreaterThan(60 * 48_000), WAIT);

  const { frames, pictures } = sink;
  expect(frames.every((frame, at) => at === 0 || frame === (frames[at - 1] ?? 0) + 1)).toBe(true);
  const given = harness.engine.given.get("e1") ?? [];
  const mediaMs = frames.map((frame) => ((given[frame] ?? 0) * 1000) / FPS);
  const isKey = pictures.map(({ keyframe }) => keyframe);
  expect(offGrid(mediaMs, isKey)).toEqual([]);
  const figures = harness.events.findLast((event) => event.kind === "figures");
  expect(figures?.kind === "figures" && figures.targets[0]?.droppedNetwork).toBe(0);
});

it("half a minute without a line: one publication goes on, and the delay is back at once", LONG, async () => {
  await using sink = await RtmpSink.start();
  await using line = await Line.to(sink.server.port);
  await using harness = await EncoderHarness.start();
  const ordered = { ...target({ url: line.url, key: KEY }), graceMs: 90_000 };
  harness.encoder.onOrder({ kind: "start-target", target: ordered });
  await vi.waitFor(() => expect(sink.pictures.length).toBeGreaterThan(3 * FPS), WAIT);
  const before = sink.pictures.length;
  line.cut();
  const cutMs = performance.now();
  await vi.waitFor(() => expect(performance.now() - cutMs).toBeGreaterThan(30_000), WAIT);
  line.isDown = false;
  await vi.waitFor(() => expect(sink.pictures.length).toBeGreaterThan(before + 3 * FPS), WAIT);
  const { captureMs } = sink.pictures.at(-1) ?? {};
  expect(Date.now() - (captureMs ?? 0)).toBeLessThan(1_500);
  expect(harness.statesOf("t1").at(-1)?.state).toBe("live");
});

it(
  "half a line under a busy picture of x264's: sound is unbroken, pictures go on, the delay is soon back",
  LONG,
  async () => {
    await using sink = await RtmpSink.start();
    await using line = await Line.to(sink.server.port);
    await using harness = await EncoderHarness.start();
    const ordered = target({ url: line.url, key: KEY });
    const size = { width: 640, height: 360, bitrateBps: 1_500_000, keyframeIntervalMs: 2_000 };
    const encode = { ...ordered.encode, ...size };
    harness.encoder.onOrder({ kind: "start-target", target: { ...ordered, encode } });
    await vi.waitFor(() => expect(sink.pictures.length).toBeGreaterThan(8 * FPS), WAIT);
    const narrowed = await narrow(line, sink, (encode.bitrateBps + ordered.audioBitrateBps) / 2);
    process.stdout.write(`${JSON.stringify(narrowed)}\n`);

    expectBearable(narrowed);
    expect(sink.hub.leases).toHaveLength(1);
  },
);

it(
  "stopped while its line is away: the real server ends the stream when the line is back",
  LONG,
  async () => {
    await using server = await TestServer.start({ LOG_LEVEL: "warn" });
    const rest = await RestClient.signUp(server.url, "streamer");
    const { stream_id: id, stream_key: key } = await rest.startStream();
    await using line = await Line.to(server.rtmpPort);
    await using harness = await EncoderHarness.start();
    const ordered = { ...target({ url: line.url, key }), graceMs: 90_000 };
    harness.encoder.onOrder({ kind: "start-target", target: ordered });
    const status = async () => (await rest.stream(id)).status;
    await vi.waitFor(async () => expect(await status()).toBe("live"), WAIT);
    line.cut();
    await vi.waitFor(() => expect(harness.statesOf("t1").at(-1)?.state).toBe("reconnecting"), WAIT);
    harness.encoder.onOrder({ kind: "stop-target", id: "t1" });
    await vi.waitFor(() => expect(harness.statesOf("t1").at(-1)?.state).toBe("stopped"), WAIT);
    await vi.waitFor(async () => expect(await status()).toBe("interrupted"), WAIT);
    line.isDown = false;
    // The grace would be 90 s.
    await vi.waitFor(async () => expect(await status()).toBe("ended"), { timeout: 40_000, interval: 200 });
  },
);
