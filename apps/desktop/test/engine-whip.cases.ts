import { afterAll, beforeAll, expect, it } from "vitest";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { TestServer } from "../../server/src/testing/test-server.ts";
import { watchFrames } from "../../web-viewer/e2e/chromium.ts";
import { until } from "../../web-viewer/e2e/house.ts";
import { WhepViewer } from "../../web-viewer/e2e/whep-viewer.ts";
import { filling } from "../src/model/default-document.ts";
import { documentSchema } from "../src/model/document.ts";
import type { EnginePage } from "./engine-page/engine-page.ts";

const CANVAS = { width: 640, height: 360, fps: 30 };
const FORMAT = { width: 640, height: 360, fps: 30, bitrateBps: 900_000, keyframeIntervalMs: 2_000 };
export function whipCases(engineOf: () => EnginePage): void {
  let engine: EnginePage;
  let server: TestServer;

  beforeAll(async () => {
    engine = engineOf();
    server = await TestServer.start({ LOG_LEVEL: "warn", RECONNECT_GRACE_MS: "20000" });
    await engine.control({
      kind: "document",
      document: documentSchema.parse({
        ...{ version: 1, name: "Test", canvas: CANVAS, programmeSceneId: "one" },
        sources: {
          test: { id: "test", name: "Test", settings: { kind: "test-picture" } },
          mic: { id: "mic", name: "Mic", settings: { kind: "microphone", deviceId: "default" }, sound: {} },
        },
        ...{
          scenes: [{ id: "one", name: "One", items: [filling("i", "test", CANVAS)] }],
          globalSound: ["mic"],
        },
      }),
    });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  it("is told that its key is wrong", async () => {
    await engine.control({
      kind: "start-whip",
      id: "wrong",
      url: `${server.url}/whip`,
      key: "nonsense",
      ...FORMAT,
    });
    await engine.told("whip", { id: "wrong", state: "refused" });
  });

  it("publishes by WHIP to the real server, is seen and heard, and says goodbye", async () => {
    const rest = await RestClient.signUp(server.url, "streamer");
    const { stream_id: id, stream_key: key } = await rest.startStream({
      title: "WHIP",
      latency_mode: "ultra-low",
    });
    await engine.control({ kind: "start-whip", id: "ours", url: `${server.url}/whip`, key, ...FORMAT });
    await engine.told("whip", { id: "ours", state: "live" });
    let whep: string | null = null;
    await until("a WHEP address", async () => {
      whep = (await rest.playback(id)).playback_urls.whep ?? null;
      return whep !== null && (await rest.stream(id)).status === "live";
    });
    const page = await engine.page.context().newPage();
    await page.goto(server.url);
    const viewer = await WhepViewer.watch(page, whep ?? "");
    const frames = await watchFrames(viewer.page, 2_000);
    // Each frame's clock is read from its pixels: whole, and of just now.
    expect(frames.length).toBeGreaterThan(10);
    for (const { madeAtMs, shownAtMs } of frames) expect(Math.abs(shownAtMs - madeAtMs)).toBeLessThan(5_000);
    await until("sound", async () => (await viewer.stats()).audioLevel > 0.01);
    expect((await engine.told("whip-figures", { id: "ours" })).frames).toBeGreaterThan(0);
    await engine.control({ kind: "stop-whip", id: "ours" });
    await engine.told("whip", { id: "ours", state: "stopped" });
    await until("an interrupted stream", async () => (await rest.stream(id)).status === "interrupted");
  });
}
