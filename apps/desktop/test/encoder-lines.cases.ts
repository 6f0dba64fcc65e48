import { expect, it, vi } from "vitest";
import { EncoderHarness, offGrid, target } from "./encoder-harness.ts";
import { Line } from "./line.ts";
import { KEY, RtmpSink } from "./rtmp-sink.ts";

const WAIT = { timeout: 30_000, interval: 50 };
const soundStepsMs = (sink: RtmpSink, from = 0): number[] => {
  const times = sink.sounds.slice(from).map(({ dts90k }) => dts90k / 90);
  return times.slice(1).map((time, at) => time - (times[at] ?? 0));
};
const newFrames = (sink: RtmpSink, more: number) => {
  const before = sink.pictures.length;
  return vi.waitFor(() => expect(sink.pictures.length).toBeGreaterThan(before + more), WAIT);
};

it.concurrent("comes back after a cut with a keyframe, timestamps going on", async () => {
  await using sink = await RtmpSink.start();
  await using line = await Line.to(sink.server.port);
  await using harness = await EncoderHarness.start();
  harness.encoder.onOrder({ kind: "start-target", target: target({ url: line.url, key: KEY }) });
  await vi.waitFor(() => expect(sink.pictures.length).toBeGreaterThan(45), WAIT);
  line.cut();
  await vi.waitFor(() => {
    const state = harness.statesOf("t1").at(-1);
    expect(state).toMatchObject({ state: "reconnecting" });
    // Some tries have failed by now: what waits has been thinned out.
    expect(state?.state === "reconnecting" && state.attempt).toBeGreaterThan(2);
  }, WAIT);
  line.isDown = false;
  await newFrames(sink, 40);

  expect(harness.statesOf("t1").at(-1)?.state).toBe("live");
  expect(sink.hub.leases).toHaveLength(2);
  const [before, after] = sink.hub.leases.map((lease) => lease.of("video"));
  expect(after?.[0]?.keyframe).toBe(true);
  expect(after?.[0]?.dts90k).toBeGreaterThan(before?.at(-1)?.dts90k ?? 0);
  // Timestamps and frame numbers tell of the same gap.
  const { frames, pictures } = sink;
  const first = before?.length ?? 0;
  const engineFrame = (at: number): number => harness.engine.given.get("e1")?.[frames[at] ?? -1] ?? 0;
  const gapFrames = engineFrame(first) - engineFrame(first - 1);
  const gapMs = ((pictures[first]?.dts90k ?? 0) - (pictures[first - 1]?.dts90k ?? 0)) / 90;
  expect(gapFrames).toBeGreaterThan(1);
  expect(Math.abs(gapMs - (gapFrames * 1000) / 30)).toBeLessThanOrEqual(1);
  expect(new Set(frames).size).toBe(frames.length);
});

it.concurrent("stopped while the line is away: says so when it is back, and cedes to another broadcast", async () => {
  await using sink = await RtmpSink.start();
  await using line = await Line.to(sink.server.port);
  await using harness = await EncoderHarness.start();
  const ordered = target({ url: line.url, key: KEY });
  const stopWhileAway = async () => {
    const { length } = sink.hub.leases;
    harness.encoder.onOrder({ kind: "start-target", target: ordered });
    await vi.waitFor(() => expect(sink.hub.leases.at(length)?.of("video").length).toBeGreaterThan(5), WAIT);
    line.cut();
    await vi.waitFor(() => expect(harness.statesOf("t1").at(-1)?.state).toBe("reconnecting"), WAIT);
    harness.encoder.onOrder({ kind: "stop-target", id: "t1" });
    await vi.waitFor(() => expect(harness.statesOf("t1").at(-1)?.state).toBe("stopped"), WAIT);
  };
  await stopWhileAway();
  line.isDown = false;
  await vi.waitFor(() => expect(sink.hub.leases).toHaveLength(2), WAIT);
  await vi.waitFor(() => expect(sink.hub.last.closeReason).toBe("unpublished"), WAIT);
  expect(sink.hub.last.units).toEqual([]);

  await stopWhileAway();
  harness.encoder.onOrder({ kind: "start-target", target: ordered });
  line.isDown = false;
  await vi.waitFor(() => expect(sink.hub.leases).toHaveLength(4), WAIT);
  await newFrames(sink, 60);
  expect(sink.hub.leases).toHaveLength(4);
  expect(sink.hub.last.closeReason).toBeUndefined();
});

it.concurrent("on half a line lowers the bitrate; sound is unbroken, the picture goes on", async () => {
  await using sink = await RtmpSink.start();
  await using line = await Line.to(sink.server.port);
  await using harness = await EncoderHarness.start();
  const ordered = target({ url: line.url, key: KEY });
  const encode = { ...ordered.encode, bitrateBps: 2_000_000 };
  harness.encoder.onOrder({ kind: "start-target", target: { ...ordered, encode } });
  await vi.waitFor(() => expect(sink.pictures.length).toBeGreaterThan(60), WAIT);
  line.bitrateBps = 1_000_000;
  await vi.waitFor(
    () => expect(harness.statesOf("t1").at(-1)).toMatchObject({ state: "live", degraded: true }),
    WAIT,
  );
  const lowered = sink.pictures.length;
  // As long as the wait in front of the line is not back, the picture is not, either.
  await vi.waitFor(() => {
    const figures = harness.events.findLast((event) => event.kind === "figures");
    expect(figures?.kind === "figures" && figures.targets[0]?.queuedMs).toBeLessThan(300);
    expect(sink.pictures.length).toBeGreaterThan(lowered + 90);
  }, WAIT);
  expect(harness.statesOf("t1").map(({ state }) => state)).not.toContain("reconnecting");
  expect(sink.hub.leases).toHaveLength(1);
  expect(Math.max(...soundStepsMs(sink))).toBeLessThan(23);
});

it.concurrent("does not believe a connection that has slept: another one at once", async () => {
  await using sink = await RtmpSink.start();
  await using line = await Line.to(sink.server.port);
  await using harness = await EncoderHarness.start();
  harness.encoder.onOrder({ kind: "start-target", target: target({ url: line.url, key: KEY }) });
  await vi.waitFor(() => expect(sink.pictures.length).toBeGreaterThan(10), WAIT);
  harness.encoder.onOrder({ kind: "woken" });
  await newFrames(sink, 10);
  expect(sink.hub.leases).toHaveLength(2);
  // Nor is a wait for the next try sat out that began before the sleep.
  line.cut();
  await vi.waitFor(() => expect(harness.statesOf("t1").at(-1)).toMatchObject({ attempt: 4 }), WAIT);
  line.isDown = false;
  harness.encoder.onOrder({ kind: "woken" });
  await vi.waitFor(() => expect(harness.statesOf("t1").at(-1)?.state).toBe("live"), WAIT);
  expect(
    harness
      .statesOf("t1")
      .filter(({ state }) => state === "reconnecting")
      .at(-1),
  ).toMatchObject({ attempt: 4 });
});

it.concurrent("goes on where another engine begins", async () => {
  await using sink = await RtmpSink.start();
  await using harness = await EncoderHarness.start();
  harness.encoder.onOrder({ kind: "start-target", target: target({ url: sink.url, key: KEY }) });
  await vi.waitFor(() => expect(sink.pictures.length).toBeGreaterThan(45), WAIT);
  const firstEngine = harness.engine;
  firstEngine.close();
  harness.newEngine();
  await newFrames(sink, 45);
  const times = sink.pictures.map(({ dts90k }) => dts90k);
  expect(times.every((time, at) => at === 0 || time > (times[at - 1] ?? 0))).toBe(true);
  // Keyframes stay on the grid of the first engine.
  const firstMs = ((firstEngine.given.get("e1")?.[sink.frames[0] ?? 0] ?? 0) * 1000) / 30;
  const mediaMs = times.map((time) => firstMs + (time - (times[0] ?? 0)) / 90);
  const isKey = sink.pictures.map(({ keyframe }) => keyframe);
  expect(isKey.filter(Boolean).length).toBeGreaterThan(2);
  expect(offGrid(mediaMs, isKey)).toEqual([]);
});
