import { describe, expect, it } from "vitest";
import { TIMELINE_CLOCK } from "../stream/capture-clock.ts";
import type { MediaSink, Run } from "../stream/media-sink.ts";
import type { StreamEvent, Subscription } from "../stream/subscription.ts";
import { StageClock } from "./stage-clock.ts";

const video = (name: string, passthrough: boolean) => ({
  kind: "video" as const,
  name,
  width: 640,
  height: 360,
  frameRate: { num: 30, den: 1 },
  bitrateBps: 1_000_000,
  passthrough,
});
const RUN = {
  grid: { origin90k: 0, period90k: 180_000 },
  renditions: [video("source", true), video("360p", false)],
} as unknown as Run;
const FRAME90K = 3_000;

const setUp = () => {
  const clock = { now: 1_000_000, nowMs: () => clock.now };
  const stages = new StageClock(clock);
  const log: string[] = [];
  const inner = new Proxy({} as MediaSink, {
    get: (_target, name) => (first: unknown) =>
      log.push(`${String(name)} ${typeof first === "string" ? first : ""}`.trim()),
  });
  const sink = stages.watches(inner);
  const unit = (n: number, options: { keyframe?: boolean; early90k?: number } = {}) => ({
    dts90k: n * FRAME90K - (options.early90k ?? 0),
    pts90k: n * FRAME90K,
    duration90k: FRAME90K,
    keyframe: options.keyframe ?? n === 0,
    data: new Uint8Array(1),
  });
  const receive = async (times: readonly (readonly [n: number, atMs: number])[]) => {
    const events = times.map(
      ([n, receivedAtMs]): StreamEvent => ({
        type: "unit",
        unit: { ...unit(n), kind: "video", receivedAtMs, clock: TIMELINE_CLOCK },
      }),
    );
    const subscription: Subscription = {
      droppedUnits: 3,
      close: () => log.push("closed"),
      async *[Symbol.asyncIterator]() {
        yield* events;
      },
    };
    const heard = stages.hears(subscription);
    const seen = [];
    for await (const event of heard) seen.push(event);
    expect(seen).toEqual(events);
    return heard;
  };
  return { clock, stages, sink, log, unit, receive };
};

describe("StageClock", () => {
  it("knows nothing before there is media", () => {
    expect(setUp().stages.delays()).toEqual({
      transcodeMs: undefined,
      packagingMs: undefined,
      partMs: undefined,
      segmentMs: undefined,
    });
  });

  it("passes everything on as it is", async () => {
    const { sink, log, unit, receive } = setUp();
    sink.startRun(RUN);
    sink.configure("360p", new Uint8Array());
    sink.push("360p", unit(0));
    sink.sleep?.("360p", 0);
    sink.wake?.("360p", 0);
    sink.endRendition("360p");
    sink.endRun();
    const names = ["configure", "push", "sleep", "wake", "endRendition"].map((name) => `${name} 360p`);
    expect(log).toEqual(["startRun", ...names, "endRun"]);
    const heard = await receive([[0, 1]]);
    expect(heard.droppedUnits).toBe(3);
    heard.close();
    expect(log.at(-1)).toBe("closed");
  });

  it("measures what is encoded from its arrival, and the untouched rung only where there is no other", async () => {
    const { clock, stages, sink, unit, receive } = setUp();
    sink.startRun(RUN);
    await receive([0, 1, 2, 3].map((n) => [n, clock.now + n * 33] as const));
    for (let n = 0; n < 4; n += 1) {
      clock.now = 1_000_000 + n * 33 + 2;
      sink.push("source", unit(n));
    }
    expect(stages.delays().transcodeMs).toBe(2);
    for (let n = 0; n < 4; n += 1) {
      clock.now = 1_000_000 + n * 33 + 70;
      // An encoder's ticks are rounded.
      sink.push("360p", { ...unit(n), pts90k: n * FRAME90K + 1 });
    }
    expect(stages.delays().transcodeMs).toBe(70);
    // What never arrived cannot be measured.
    clock.now += 10_000;
    for (let n = 50; n < 60; n += 1) sink.push("360p", unit(n));
    expect(stages.delays().transcodeMs).toBe(70);
  });

  it("measures packaging from the last frame of a part, in decoding order too", () => {
    const { clock, stages, sink, unit } = setUp();
    sink.startRun(RUN);
    const early90k = 2 * FRAME90K;
    for (let n = 0; n < 7; n += 1) {
      clock.now += 33;
      sink.push("360p", unit(n, { early90k }));
      // The sixth frame ends the part; it is there 5 ms after.
      if (n === 5) stages.published({ rendition: "360p", end90k: 6 * FRAME90K, atMs: clock.now + 5 });
    }
    expect(stages.delays()).toMatchObject({ packagingMs: 5, partMs: undefined, segmentMs: 2_000 });
    // Told one frame later: that frame is not part of it.
    for (let n = 7; n < 13; n += 1) {
      clock.now += 33;
      sink.push("360p", unit(n, { early90k }));
    }
    const part = { rendition: "360p", end90k: 12 * FRAME90K, atMs: clock.now };
    stages.published(part);
    stages.published(part);
    stages.published({ ...part, rendition: "audio" });
    expect(stages.delays()).toMatchObject({ packagingMs: 5, partMs: 200 });
    clock.now += 1;
    stages.published({ ...part, end90k: 13 * FRAME90K, atMs: clock.now });
    expect(stages.delays().packagingMs).toBe(5);
    // It slept for a while.
    stages.published({ ...part, end90k: 2_000 * FRAME90K, atMs: clock.now });
    expect(stages.delays().partMs).toBeLessThanOrEqual(200);
  });

  it("begins anew with a run", () => {
    const { clock, stages, sink, unit } = setUp();
    sink.startRun(RUN);
    sink.push("360p", unit(0));
    stages.published({ rendition: "360p", end90k: FRAME90K, atMs: clock.now + 900 });
    sink.startRun({ ...RUN, renditions: [] });
    stages.published({ rendition: "360p", end90k: 2 * FRAME90K, atMs: clock.now });
    expect(stages.delays()).toMatchObject({ packagingMs: undefined, partMs: undefined });
  });

  it("stays small", async () => {
    const { clock, stages, sink, unit, receive } = setUp();
    sink.startRun(RUN);
    await receive(Array.from({ length: 5_000 }, (_, n) => [n, clock.now] as const));
    sink.push("360p", unit(0));
    expect(stages.delays().transcodeMs).toBeUndefined();
    clock.now += 40;
    sink.push("360p", unit(4_999));
    expect(stages.delays().transcodeMs).toBe(40);
  });
});
