import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { tlsFiles } from "../../server/test/http-tools.ts";
import { RtmpConnection } from "../src/encoder/uplink/rtmp-connection.ts";
import { EncoderHarness, offGrid, target } from "./encoder-harness.ts";
import { KEY, RtmpSink } from "./rtmp-sink.ts";

const WAIT = { timeout: 20_000, interval: 50 };

it.concurrent("publishes every frame in order, keyframes on the grid and nowhere else, sound in step", async () => {
  await using sink = await RtmpSink.start();
  await using harness = await EncoderHarness.start();
  harness.encoder.onOrder({ kind: "start-target", target: target({ url: sink.url, key: KEY }) });
  await vi.waitFor(() => expect(sink.pictures.length).toBeGreaterThan(100), WAIT);
  harness.encoder.onOrder({ kind: "stop-target", id: "t1" });
  await vi.waitFor(() => expect(harness.statesOf("t1").at(-1)?.state).toBe("stopped"), WAIT);

  expect(harness.statesOf("t1").map(({ state }) => state)).toEqual(["connecting", "live", "stopped"]);
  expect(sink.hub.last.closeReason).toBe("unpublished");
  expect(harness.faults()).toEqual([]);
  const { frames, pictures, sounds } = sink;
  // Each once, in order, none missing; numbers tell which of the engine's pictures they are.
  expect(frames.every((frame, at) => at === 0 || frame === (frames[at - 1] ?? 0) + 1)).toBe(true);
  const given = harness.engine.given.get("e1") ?? [];
  const engineFrames = frames.map((frame) => given[frame] ?? Number.NaN);
  const pictureMs = pictures.map(({ dts90k }) => dts90k / 90);
  const offMs = pictureMs.map((ms, at) => ms - ((engineFrames[at] ?? 0) * 1000) / 30);
  expect(Math.max(...offMs) - Math.min(...offMs)).toBeLessThan(1.1);
  const mediaMs = engineFrames.map((frame) => (frame * 1000) / 30);
  const isKey = pictures.map(({ keyframe }) => keyframe);
  expect(isKey.filter(Boolean).length).toBeGreaterThanOrEqual(3);
  expect(offGrid(mediaMs, isKey)).toEqual([]);
  // 1024 samples each, and as much sound as picture.
  const soundMs = sounds.map(({ dts90k }) => dts90k / 90);
  const steps = soundMs.slice(1).map((ms, at) => ms - (soundMs[at] ?? 0));
  expect(steps.every((step) => Math.abs(step - 1024 / 48) <= 1)).toBe(true);
  expect(Math.abs((soundMs.at(-1) ?? 0) - (pictureMs.at(-1) ?? 0))).toBeLessThan(1_500);
});

it.concurrent("says what a server answers: wrong key, not there, key in use", async () => {
  await using sink = await RtmpSink.start();
  await using harness = await EncoderHarness.start();
  const start = (id: string, url: string, key: string): void =>
    harness.encoder.onOrder({ kind: "start-target", target: target({ id, url, key, graceMs: 0 }) });
  start("wrong", sink.url, "wrong-key");
  start("nowhere", "http://127.0.0.1/live", KEY);
  await vi.waitFor(() => expect(harness.statesOf("wrong").at(-1)?.state).toBe("refused"), WAIT);
  expect(harness.statesOf("wrong").at(-1)).toMatchObject({ code: "bad_key" });
  expect(harness.statesOf("nowhere").at(-1)).toMatchObject({ state: "failed", cause: "bad_address" });
  sink.hub.answer = async () => ({ kind: "refused", code: "key_in_use" });
  start("busy", sink.url, KEY);
  await vi.waitFor(
    () => expect(harness.statesOf("busy").at(-1)).toMatchObject({ state: "refused", code: "key_in_use" }),
    WAIT,
  );
  expect(JSON.stringify(harness.events)).not.toContain(KEY);
});

it.concurrent("two targets share an encode; RTMPS wants a certificate that can be trusted", async () => {
  const folder = await mkdtemp(join(tmpdir(), "footlight-tls-"));
  const files = await tlsFiles(folder);
  const ca = await readFile(files.cert);
  await using sink = await RtmpSink.start({ certPath: files.cert, keyPath: files.key });
  await rm(folder, { recursive: true });
  await using other = await RtmpSink.start();
  await using harness = await EncoderHarness.start();
  for (const [id, url] of [
    ["plain", sink.url],
    ["other", other.url],
    ["secure", `rtmps://127.0.0.1:${sink.server.tlsPort}/live`],
  ] as const) {
    harness.encoder.onOrder({ kind: "start-target", target: target({ id, url, key: KEY }) });
  }
  await vi.waitFor(() => {
    expect(harness.statesOf("secure").at(-1)).toMatchObject({ state: "failed", cause: "untrusted" });
    expect(Math.min(sink.pictures.length, other.pictures.length)).toBeGreaterThan(30);
  }, WAIT);
  expect(harness.engine.asked.filter(({ kind }) => kind === "encode")).toHaveLength(1);
  const trusted = await RtmpConnection.publish({
    ...{ url: `rtmps://localhost:${sink.server.tlsPort}/live`, key: KEY, bitrateBps: 1_000_000 },
    ...{ signal: new AbortController().signal, tls: { ca } },
  });
  await trusted.unpublish();
  expect(sink.hub.last).toMatchObject({ closeReason: "unpublished", request: { protocol: "rtmps" } });
  const [one, two] = [sink, other].map(({ frames }) => new Set(frames));
  expect([...(one ?? [])].filter((frame) => two?.has(frame)).length).toBeGreaterThan(20);
});

it.concurrent("tells times of capture by the server's clock", async () => {
  const aheadMs = 3_600_000;
  const http = createServer((_, response) => response.end(new Date(Date.now() + aheadMs).toISOString()));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/api/v1/streams/s/backfill`;
  await using sink = await RtmpSink.start();
  await using harness = await EncoderHarness.start();
  const ordered = { ...target({ url: sink.url, key: KEY }), backfill: { url, token: "t", folder: tmpdir() } };
  harness.encoder.onOrder({ kind: "start-target", target: ordered });
  await vi.waitFor(() => {
    const offMs = (sink.pictures.at(-1)?.captureMs ?? 0) - (Date.now() + aheadMs);
    expect(offMs).toBeGreaterThan(-5_000);
    expect(offMs).toBeLessThan(100);
  }, WAIT);
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

it.concurrent("goes on with libx264 where the encoder that was asked for does not work", async () => {
  await using sink = await RtmpSink.start();
  await using harness = await EncoderHarness.start();
  const ordered = target({ url: sink.url, key: KEY });
  const encode = { ...ordered.encode, encoder: "h264_videotoolbox" as const };
  harness.encoder.onOrder({ kind: "start-target", target: { ...ordered, encode } });
  await vi.waitFor(() => expect(sink.pictures.length).toBeGreaterThan(20), WAIT);
  expect(harness.faults().some((fault) => fault.startsWith("encoder-hopeless"))).toBe(true);
});

it.concurrent("finds out by trial which encoders work here", async () => {
  await using harness = await EncoderHarness.start();
  harness.encoder.onOrder({ kind: "probe" });
  const found = () => harness.events.find((event) => event.kind === "encoders");
  await vi.waitFor(() => expect(found()).toBeDefined(), WAIT);
  expect(found()).toMatchObject({ encoders: [{ name: "libx264", fps720p: expect.any(Number) }] });
});
