import type { Beacon, BeaconSample, StreamId } from "@footlight/shared";
import { describe, expect, it } from "vitest";
import { Audience } from "./audience.ts";
import type { StageDelays } from "./stage-delays.ts";

const stream = "stream-one" as StreamId;
const SAMPLE: BeaconSample = {
  intervalMs: 5_000,
  latencyMs: 800,
  bufferMs: 500,
  stallMs: 0,
  stalls: 0,
  quality: "720p",
  droppedFrames: 0,
  totalFrames: 150,
  deliveryMs: 20,
};
const SERVER: StageDelays = {
  clock: "arrival",
  ingestMs: undefined,
  transcodeMs: 60.4,
  packagingMs: 4,
  partMs: 200,
  segmentMs: 2_000,
};

const setUp = ({
  server = SERVER,
  ...options
}: {
  maxViewersAStream?: number;
  server?: StageDelays;
} = {}) => {
  const clock = { now: 1_000, monotonicMs: () => clock.now };
  const running = new Set<StreamId>([stream]);
  const watched: string[] = [];
  const live = {
    isRunning: (id: StreamId) => running.has(id),
    stages: () => server,
    qualities: () => [{ name: "720p" }, { name: "160p" }],
    watched: (_: StreamId, quality: string) => watched.push(quality),
  };
  const audience = new Audience({ live, clock, random: () => 0.3, ...options });
  const beat = (
    viewerId: string,
    sample: Partial<BeaconSample> = {},
    tier: Beacon["tier"] = "low",
    streamId = stream,
  ) => audience.note({ streamId, viewerId, tier, samples: [{ ...SAMPLE, ...sample }] });
  return { clock, running, audience, beat, watched };
};

describe("Audience", () => {
  it("says what is watched of a running stream: caches may hide the requests for it", () => {
    const { beat, running, watched } = setUp();
    beat("viewer-one", { quality: "720p" });
    beat("viewer-two", { quality: null });
    running.clear();
    beat("viewer-one", { quality: "160p" });
    expect(watched).toEqual(["720p"]);
  });

  it("is empty where nobody has said anything", () => {
    expect(setUp().audience.view(stream)).toEqual({
      viewers: 0,
      clock: "arrival",
      stallRatio: null,
      droppedRatio: null,
      tiers: [],
      qualities: [],
    });
  });

  it("shows viewers, median and 95th percentile of the delay by tier", () => {
    const { audience, beat } = setUp();
    for (let n = 1; n <= 100; n += 1) beat(`low-viewer-${n}`, { latencyMs: n * 10 });
    beat("standard-viewer", { latencyMs: 2_600 }, "standard");
    const { viewers, tiers } = audience.view(stream);
    expect(viewers).toBe(101);
    expect(tiers).toMatchObject([
      { tier: "standard", viewers: 1, latencyMs: { median: 2_600, p95: 2_600 } },
      { tier: "low", viewers: 100, latencyMs: { median: 500, p95: 950 } },
    ]);
  });

  it("counts a viewer once, by the newest beacon, and forgets one that is silent for 30 s", () => {
    const { clock, audience, beat } = setUp();
    beat("viewer-one", { latencyMs: 900 }, "low");
    clock.now += 10_000;
    beat("viewer-one", { latencyMs: 2_500 }, "standard");
    beat("viewer-two");
    clock.now += 20_000;
    beat("viewer-two");
    expect(audience.view(stream).tiers).toMatchObject([
      { tier: "standard", viewers: 1, latencyMs: { median: 2_500 } },
      { tier: "low", viewers: 1 },
    ]);
    clock.now += 10_000;
    expect(audience.view(stream)).toMatchObject({ viewers: 1, tiers: [{ tier: "low" }] });
  });

  it("weighs stalls and dropped frames by what was played", () => {
    const { audience, beat } = setUp();
    beat("viewer-one", { stallMs: 1_000, droppedFrames: 15 });
    beat("viewer-two");
    expect(audience.view(stream)).toMatchObject({ stallRatio: 0.1, droppedRatio: 0.05 });
  });

  it("sums a beacon's samples, and takes the middle of what it knows of the delay", () => {
    const { audience } = setUp();
    const samples = [700, null, 1_100, 900].map((latencyMs) => ({ ...SAMPLE, latencyMs, stallMs: 500 }));
    audience.note({ streamId: stream, viewerId: "viewer-one", tier: "low", samples });
    expect(audience.view(stream)).toMatchObject({
      stallRatio: 0.1,
      tiers: [{ latencyMs: { median: 900, p95: 900 } }],
    });
  });

  it("says where an average frame's time goes, and nothing where it does not know", () => {
    const { audience, beat } = setUp();
    beat("viewer-low1");
    beat("viewer-std1", { deliveryMs: null, bufferMs: 1_300, latencyMs: null }, "standard");
    expect(audience.view(stream).tiers).toMatchObject([
      {
        latencyMs: null,
        stages: { ingest: null, transcode: 60, packaging: 1_004, delivery: null, buffer: 1_300 },
      },
      { stages: { ingest: null, transcode: 60, packaging: 104, delivery: 20, buffer: 500 } },
    ]);
  });

  it("lets the stages of WebRTC add up to its delay", () => {
    const { audience, beat } = setUp({ server: { ...SERVER, ingestMs: 40, heldMs: 5_000 } });
    beat("viewer-rtc1", { latencyMs: 130, bufferMs: 35, deliveryMs: null }, "ultra");
    expect(audience.view(stream).tiers).toMatchObject([
      {
        latencyMs: { median: 5_130 },
        stages: { ingest: 40, held: 5_000, transcode: null, packaging: null, delivery: 55, buffer: 35 },
      },
    ]);
    beat("viewer-rtc1", { latencyMs: 60, bufferMs: 35 }, "ultra");
    expect(audience.view(stream).tiers[0]?.stages.delivery).toBe(0);
  });

  it("counts only qualities that the stream has", () => {
    const { audience, beat } = setUp();
    beat("viewer-one", { quality: "160p" });
    beat("viewer-two", { quality: "160p" });
    beat("viewer-six", { quality: "720p" });
    beat("viewer-bad", { quality: "buy-gold.example" });
    expect(audience.view(stream).qualities).toEqual([
      { name: "160p", viewers: 2 },
      { name: "720p", viewers: 1 },
    ]);
  });

  it("takes nothing for a stream that does not run here, and forgets one that is over", () => {
    const { running, audience, beat } = setUp();
    expect(beat("viewer-one", {}, "low", "stream-two" as StreamId)).toBe("not_running");
    expect(beat("viewer-one")).toBe("taken");
    running.delete(stream);
    audience.clear(stream);
    expect(beat("viewer-one")).toBe("not_running");
    expect(audience.view(stream).viewers).toBe(0);
  });

  it("hears a part of a large crowd and knows about how large it is, also when it shrinks", () => {
    const { clock, audience, beat } = setUp({ maxViewersAStream: 500 });
    const round = (crowd: number) => {
      for (let n = 0; n < crowd; n += 1) beat(`viewer-${n}`, { latencyMs: n % 1_000 });
    };
    round(20_000);
    const { viewers, tiers } = audience.view(stream);
    expect(viewers).toBeGreaterThan(17_000);
    expect(viewers).toBeLessThan(23_000);
    expect(Math.abs((tiers[0]?.latencyMs?.median ?? 0) - 500)).toBeLessThan(100);
    // The same ones are heard again.
    round(20_000);
    expect(audience.view(stream).viewers).toBe(viewers);
    clock.now += 30_000;
    round(40);
    expect(audience.view(stream).viewers).toBe(40);
  });
});
