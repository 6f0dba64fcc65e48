import type { StreamId } from "@footlight/shared";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StreamHub } from "./hub.ts";
import type { PublishLease } from "./publish.ts";
import { StreamKey } from "./stream-key.ts";
import type { TrackSet } from "./unit.ts";

const streamId = "stream-0001" as StreamId;
const DELAY_MS = 20_000;
const GRACE_MS = 5_000;
const tracks: TrackSet = {
  video: {
    kind: "video",
    codec: "h264",
    config: new Uint8Array(),
    width: 320,
    height: 180,
    claimedFrameRate: { num: 30, den: 1 },
    codecString: "avc1.42e01f",
  },
  audio: undefined,
  expectsVideo: true,
  expectsAudio: false,
};

let log: string[];
let hub: StreamHub;
beforeEach(() => {
  vi.useFakeTimers();
  log = [];
  const note = (word: string) => async () => void log.push(word);
  const stream = {
    streamId,
    username: "ada",
    latencyMode: "low",
    recording: false,
    epochMs: undefined,
  } as const;
  hub = new StreamHub({
    gate: {
      admit: async () => ({ kind: "admitted", stream: { ...stream, graceMs: GRACE_MS, delayMs: DELAY_MS } }),
      refused: () => {},
    },
    lifecycle: { live: note("live"), interrupted: note("interrupted"), ended: note("ended") },
    observer: {},
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    logger: pino({ level: "silent" }),
    onDropped: () => {},
  });
});
afterEach(async () => {
  await hub.close();
  vi.useRealTimers();
});

async function publish(): Promise<PublishLease> {
  const key = new StreamKey("right");
  const from = { protocol: "rtmp", remoteAddress: "127.0.0.1", encoder: undefined } as const;
  const result = await hub.publish({ key, ...from });
  if (result.kind !== "accepted") throw new Error(result.code);
  return result.lease;
}

/** Two seconds at 30 a second. */
async function send(lease: PublishLease): Promise<void> {
  lease.setTracks(tracks);
  for (let frame = 0; frame < 60; frame += 1) {
    const time90k = frame * 3_000;
    const unit = { kind: "video", dts90k: time90k, pts90k: time90k, keyframe: frame === 0 } as const;
    lease.push({ ...unit, data: new Uint8Array(100) });
    await vi.advanceTimersByTimeAsync(1_000 / 30);
  }
}

describe("a stream with a delay", () => {
  it("is live when it is seen, also when its encoder has left by then, and ends after the grace that follows", async () => {
    const lease = await publish();
    await send(lease);
    lease.close("unpublished");
    await vi.advanceTimersByTimeAsync(DELAY_MS - 3_000);
    expect(log).toEqual([]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(log).toEqual(["live", "interrupted"]);
    await vi.advanceTimersByTimeAsync(GRACE_MS - 1_000);
    expect(hub.running).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(log).toEqual(["live", "interrupted", "ended"]);
    expect(hub.running).toBe(0);
  });

  it("goes on with an encoder that comes back meanwhile", async () => {
    const first = await publish();
    await send(first);
    first.close("connection_lost");
    await vi.advanceTimersByTimeAsync(GRACE_MS * 2);
    const second = await publish();
    await send(second);
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    expect(log.filter((word) => word === "live").length).toBeGreaterThan(0);
    expect(log).not.toContain("ended");
    second.close("unpublished");
  });

  it("ends when all is out, or at once and then shows no more", async () => {
    const lease = await publish();
    await send(lease);
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    hub.endAfterDelay(streamId);
    expect(lease.revoked.reason).toBe("ended");
    await vi.advanceTimersByTimeAsync(DELAY_MS - 100);
    expect(log).not.toContain("ended");
    await vi.advanceTimersByTimeAsync(100);
    expect(log.at(-1)).toBe("ended");

    const again = await publish();
    await send(again);
    log.length = 0;
    await hub.end(streamId);
    await vi.advanceTimersByTimeAsync(2 * DELAY_MS);
    expect(log).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
