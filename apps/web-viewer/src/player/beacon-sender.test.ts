import { Beacon, type StreamId } from "@footlight/shared";
import { Store } from "@footlight/ui/store.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BeaconSender } from "./beacon-sender.ts";
import { NOTHING, type PlayerFigures, type PlayerSnapshot, type PlayerState } from "./player-state.ts";

const setUp = () => {
  const snapshot = new Store<PlayerSnapshot>({ ...NOTHING, state: { kind: "loading" }, current: "720p" });
  const figures: PlayerFigures = {
    engine: "fake",
    tier: "low",
    quality: "720p",
    resolution: "1280×720",
    bitrateBps: null,
    throughputBps: null,
    clock: "arrival",
    bufferS: 0.6,
    latencyS: 0.84,
    targetS: null,
    rate: 1,
    droppedFrames: 10,
    totalFrames: 1_000,
    stalls: 2,
    firstFrameMs: 300,
  };
  const page = { live: true, leave: () => {}, closed: 0, asleepMs: 0 };
  const sent: Beacon[] = [];
  const sender = new BeaconSender(
    { snapshot, figures: () => ({ ...figures }), timeline: () => ({ live: page.live }) },
    { streamId: "stream-one" as StreamId, viewerId: "viewer-one" },
    {
      // What the server would not take is no beacon.
      send: (body) => sent.push(Beacon.parse(JSON.parse(body))),
      nowMs: () => performance.now() + page.asleepMs,
      delivery: { deliveryMs: () => 17.4, close: () => (page.closed += 1) },
      onLeave: (leave) => {
        page.leave = leave;
      },
    },
  );
  const be = (state: PlayerState, hasFrame = true) =>
    snapshot.set({ ...snapshot.get(), state, hasFrame: hasFrame || snapshot.get().hasFrame });
  const pass = (ms: number) => vi.advanceTimersByTime(ms);
  return { snapshot, figures, page, sent, sender, be, pass };
};
const playing = { kind: "playing" } as const;

describe("BeaconSender", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("says nothing while nothing plays", () => {
    const { sent, sender, be, pass } = setUp();
    pass(60_000);
    be({ kind: "failed", failure: "network" }, false);
    pass(60_000);
    sender.close();
    expect(sent).toEqual([]);
  });

  it("tells the first sample early, then two at a time, every 10 s", () => {
    const { figures, sent, sender, be, pass } = setUp();
    be(playing);
    figures.totalFrames = 1_150;
    figures.droppedFrames = 13;
    pass(5_000);
    expect(sent).toEqual([
      {
        streamId: "stream-one",
        viewerId: "viewer-one",
        tier: "low",
        samples: [
          {
            intervalMs: 5_000,
            latencyMs: 840,
            bufferMs: 600,
            stallMs: 0,
            stalls: 0,
            quality: "720p",
            droppedFrames: 3,
            totalFrames: 150,
            deliveryMs: 17,
          },
        ],
      },
    ]);
    pass(30_000);
    expect(sent.map(({ samples }) => samples.length)).toEqual([1, 2, 2, 2]);
    sender.close();
  });

  it("averages what wanders between samples", () => {
    const { figures, sent, sender, be, pass } = setUp();
    be(playing);
    figures.bufferS = 2;
    figures.latencyS = 1;
    pass(2_500);
    figures.bufferS = 1;
    figures.latencyS = 2;
    pass(2_500);
    expect(sent[0]?.samples[0]).toMatchObject({ bufferMs: 1_500, latencyMs: 1_500 });
    sender.close();
  });

  it("counts how long and how often the picture stood, also while an engine is built anew", () => {
    const { figures, sent, sender, be, pass } = setUp();
    be(playing);
    pass(1_000);
    be({ kind: "buffering" });
    figures.stalls = 3;
    pass(700);
    be({ kind: "recovering", attempt: 1 });
    pass(300);
    be({ kind: "loading" });
    pass(200);
    be(playing);
    // The new engine's frames count from nought.
    figures.totalFrames = 90;
    figures.droppedFrames = 0;
    pass(2_800);
    expect(sent[0]?.samples[0]).toMatchObject({
      intervalMs: 5_000,
      stallMs: 1_200,
      stalls: 1,
      totalFrames: 90,
      droppedFrames: 0,
    });
    sender.close();
  });

  it("does not count a pause, nor the delay of somebody who has rewound", () => {
    const { page, sent, sender, be, pass } = setUp();
    be(playing);
    pass(3_000);
    be({ kind: "paused" });
    pass(60_000);
    expect(sent).toEqual([]);
    page.live = false;
    be(playing);
    pass(2_000);
    expect(sent[0]?.samples[0]).toMatchObject({ intervalMs: 5_000, stallMs: 0, latencyMs: 840 });
    pass(10_000);
    expect(sent[1]?.samples.map(({ latencyMs }) => latencyMs)).toEqual([null, null]);
    sender.close();
  });

  it("knows no delay where the stream has no date, or an absurd one", () => {
    const { figures, sent, sender, be, pass } = setUp();
    be(playing);
    figures.latencyS = null;
    pass(5_000);
    figures.latencyS = 1e6;
    figures.bufferS = 1e6;
    pass(10_000);
    expect(sent.flatMap(({ samples }) => samples.map(({ latencyMs }) => latencyMs))).toEqual([
      null,
      null,
      null,
    ]);
    sender.close();
  });

  it("tells what it has when the page goes, and when it is closed, and no more after that", () => {
    const { page, sent, sender, be, pass } = setUp();
    be(playing);
    pass(2_000);
    page.leave();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.samples).toMatchObject([{ intervalMs: 2_000 }]);
    // Shown again from the browser's cache.
    pass(7_000);
    sender.close();
    sender.close();
    expect(sent).toHaveLength(2);
    expect(sent[1]?.samples.map(({ intervalMs }) => intervalMs)).toEqual([5_000, 2_000]);
    expect(page.closed).toBe(1);
    be({ kind: "buffering" });
    pass(60_000);
    expect(sent).toHaveLength(2);
  });

  it("bounds the sums of a tab that slept", () => {
    const { page, sent, sender, be, pass } = setUp();
    be(playing);
    be({ kind: "buffering" });
    page.asleepMs = 3_600_000;
    pass(500);
    sender.close();
    expect(sent[0]?.samples).toMatchObject([{ intervalMs: 60_000, stallMs: 60_000 }]);
  });
});
