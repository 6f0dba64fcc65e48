import { type Audience, Dashboard } from "@footlight/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PatternPublisher } from "../src/testing/pattern-publisher.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";

let server: TestServer;
let anna: TrpcCaller;
let publisher: PatternPublisher;
beforeAll(async () => {
  server = await TestServer.start({ PART_TARGET_MS: "200" });
  anna = new TrpcCaller(server.url);
  await anna.signUp("anna");
  const { streamKey } = (await anna.mutate("dashboard.revealKey")).data as { streamKey: string };
  publisher = PatternPublisher.start({ ffmpegPath: "ffmpeg", url: server.rtmpUrl(streamKey) });
});
afterAll(async () => {
  await publisher.stop();
  await server[Symbol.asyncDispose]();
});

const dashboard = async () => Dashboard.parse((await anna.query("dashboard.get")).data);
const sendBeacon = (streamId: string, viewerId: string, tier: "standard" | "low", quality: string) => {
  const sample = {
    intervalMs: 10_000,
    latencyMs: tier === "low" ? 700 : 2_300,
    bufferMs: tier === "low" ? 500 : 1_200,
    stallMs: tier === "low" ? 0 : 1_000,
    stalls: 1,
    quality,
    droppedFrames: 0,
    totalFrames: 300,
    deliveryMs: 9,
  };
  const body = JSON.stringify({ streamId, viewerId, tier, samples: [sample] });
  return fetch(`${server.url}/beacons`, { method: "POST", body });
};
const counted = async (result: string): Promise<number> => {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  return Number(
    new RegExp(`^footlight_beacons_total\\{result="${result}"\\} (\\d+)$`, "m").exec(metrics)?.[1],
  );
};
/** Asks until the stream runs and its stages are measured. */
async function measured(): Promise<{ streamId: string; audience: Audience }> {
  for (let asked = 0; asked < 20; asked += 1) {
    const { stream, audience } = await dashboard();
    const stages = audience?.tiers.map((tier) => tier.stages) ?? [];
    if (stream && audience && stages.length === 2 && stages.every((each) => each.packaging !== null)) {
      return { streamId: stream.streamId, audience };
    }
    if (stream?.status === "live") {
      await sendBeacon(stream.streamId, "viewer-one", "low", "source");
      await sendBeacon(stream.streamId, "viewer-two", "standard", "160p");
      await sendBeacon(stream.streamId, "viewer-six", "standard", "gold-for-cheap");
    }
    // A viewer may send one every 2 s.
    await new Promise((resolve) => setTimeout(resolve, 2_200));
  }
  throw new Error("the stages were not measured");
}

describe("the audience of a running stream", () => {
  it("is empty before anybody watches", async () => {
    await expect
      .poll(async () => (await dashboard()).audience, { timeout: 30_000 })
      .toMatchObject({ viewers: 0, clock: "arrival", stallRatio: null, tiers: [] });
  });

  it("shows what players say, and what the server measures of its own stages", async () => {
    const { audience } = await measured();
    expect(audience).toMatchObject({
      viewers: 3,
      clock: "arrival",
      stallRatio: expect.closeTo(2 / 30, 5),
      droppedRatio: 0,
      tiers: [
        { tier: "standard", viewers: 2, latencyMs: { median: 2_300, p95: 2_300 } },
        { tier: "low", viewers: 1, latencyMs: { median: 700, p95: 700 } },
      ],
    });
    // What the stream does not have is not shown.
    expect(audience.qualities).toEqual([
      { name: "source", viewers: 1 },
      { name: "160p", viewers: 1 },
    ]);
    const [standard, low] = audience.tiers.map(({ stages }) => stages);
    // RTMP tells no capture time.
    expect(low).toMatchObject({ ingest: null, delivery: 9, buffer: 500 });
    expect(low?.transcode).toBeGreaterThanOrEqual(0);
    expect(standard?.transcode).toBe(low?.transcode);
    // Half of a part of 200 ms, half of a segment of 2 s, and the same time to close either.
    expect(low?.packaging).toBeGreaterThanOrEqual(85);
    expect((standard?.packaging ?? 0) - (low?.packaging ?? 0)).toBeGreaterThan(880);
    expect((standard?.packaging ?? 0) - (low?.packaging ?? 0)).toBeLessThan(930);
  });

  it("is over with the stream, and late beacons are counted apart", async () => {
    const { streamId } = await measured();
    const taken = await counted("taken");
    expect(taken).toBeGreaterThanOrEqual(3);
    await anna.mutate("dashboard.endStream");
    expect((await dashboard()).audience).toBeNull();
    expect((await sendBeacon(streamId, "viewer-one", "low", "source")).status).toBe(204);
    expect((await fetch(`${server.url}/beacons`, { method: "POST", body: "{}" })).status).toBe(400);
    expect((await fetch(`${server.url}/beacons`, { method: "POST", body: "x".repeat(5_000) })).status).toBe(
      413,
    );
    expect(await counted("taken")).toBe(taken);
    for (const result of ["not_running", "invalid", "too_large"]) expect(await counted(result)).toBe(1);
  });
});
