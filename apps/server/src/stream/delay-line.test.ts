import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryBlobs } from "../testing/test-api.ts";
import { DelayLine, type StreamFeed } from "./delay-line.ts";
import type { Spool } from "./held-units.ts";
import type { IncomingUnit, TrackSet } from "./unit.ts";

const DELAY_MS = 10_000;
const logger = pino({ level: "silent" });
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const tracks = { video: { kind: "video" }, audio: undefined } as unknown as TrackSet;

let got: { readonly what: string; readonly atMs: number; readonly unit?: IncomingUnit }[];
let spool: MemoryBlobs;
const target: StreamFeed = {
  lastMediaMs: 0,
  attach: () => got.push({ what: "attach", atMs: Date.now() }),
  detach: () => got.push({ what: "detach", atMs: Date.now() }),
  setTracks: () => got.push({ what: "tracks", atMs: Date.now() }),
  push: (unit, atMs = 0) => got.push({ what: `${unit.kind} ${unit.dts90k}`, atMs, unit }),
};
const lineWith = (store: Spool | undefined = spool) =>
  new DelayLine(target, { delayMs: DELAY_MS, name: "stream_1", spool: store, clock, logger });

const picture = (n: number, { keyframe = false, size = 10, captureMs = Date.now() } = {}): IncomingUnit => ({
  kind: "video",
  dts90k: n,
  pts90k: n,
  keyframe,
  data: Buffer.alloc(size, n % 251),
  captureMs,
});
const names = () => got.map(({ what }) => what);

beforeEach(() => {
  vi.useFakeTimers();
  got = [];
  spool = new MemoryBlobs();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a delay", () => {
  it("lets everything on so much later, in order, as if it had come and been captured then", async () => {
    using line = lineWith();
    const beganMs = Date.now();
    line.attach(undefined);
    line.setTracks(tracks);
    for (let n = 0; n < 30; n += 1) {
      line.push(picture(n, { keyframe: n === 0 }));
      await vi.advanceTimersByTimeAsync(100);
    }
    line.detach();
    expect(line.lastMediaMs).toBe(beganMs + 2_900);
    await vi.advanceTimersByTimeAsync(DELAY_MS - 3_001);
    expect(got).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(names()).toEqual(["attach", "tracks", "video 0"]);
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    expect(names().slice(2)).toEqual([...Array.from({ length: 30 }, (_, n) => `video ${n}`), "detach"]);
    for (const { atMs, unit } of got.filter(({ unit: each }) => each !== undefined)) {
      expect(atMs).toBe(beganMs + (unit?.dts90k ?? 0) * 100 + DELAY_MS);
      expect(unit?.captureMs).toBe(atMs);
    }
    expect(line.heldBytes).toBe(0);
  });

  it("keeps little of a heavy stream in memory, and gives it back byte for byte", async () => {
    using line = lineWith();
    line.attach(undefined);
    line.setTracks(tracks);
    for (let n = 0; n < 90; n += 1) {
      line.push(picture(n, { keyframe: n % 30 === 0, size: 1024 * 1024 }));
      await vi.advanceTimersByTimeAsync(100);
    }
    const spooled = [...spool.blobs.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(line.heldBytes).toBe(90 * 1024 * 1024);
    expect(line.heldBytes - spooled).toBeLessThanOrEqual(16 * 1024 * 1024);
    await vi.advanceTimersByTimeAsync(2 * DELAY_MS);
    expect(names().slice(2)).toEqual(Array.from({ length: 90 }, (_, n) => `video ${n}`));
    for (const { unit } of got.slice(2)) {
      const sent = Buffer.alloc(1024 * 1024, (unit?.dts90k ?? 0) % 251);
      expect(Buffer.compare(unit?.data ?? Buffer.alloc(0), sent)).toBe(0);
    }
    expect(spool.blobs.size).toBe(0);
  });

  it("of a disk that takes nothing holds what memory may, and goes on with a keyframe", async () => {
    const put = () => Promise.reject(new Error("no space"));
    using line = lineWith({ put, get: async () => undefined, delete: async () => {} });
    line.attach(undefined);
    line.setTracks(tracks);
    for (let n = 0; n < 160; n += 1) {
      line.push(picture(n, { keyframe: n % 30 === 0, size: 1024 * 1024 }));
      await vi.advanceTimersByTimeAsync(100);
      expect(line.heldBytes).toBeLessThanOrEqual(66 * 1024 * 1024);
    }
    await vi.advanceTimersByTimeAsync(2 * DELAY_MS);
    const shown = got.flatMap(({ unit }) => unit ?? []);
    expect(shown.length).toBeGreaterThan(64);
    expect(shown.length).toBeLessThan(160);
    for (const [index, unit] of shown.entries()) {
      const isNext = index === 0 || unit.dts90k === (shown[index - 1]?.dts90k ?? 0) + 1;
      expect(isNext || unit.keyframe, `picture ${unit.dts90k}`).toBe(true);
    }
  });
});

describe("dropping what is held", () => {
  it("shows nothing of it, and begins anew with the next keyframe, after the delay", async () => {
    using line = lineWith();
    line.attach(undefined);
    line.setTracks(tracks);
    for (let n = 0; n < 150; n += 1) {
      if (n === 130) {
        expect(line.drop()).toEqual({ droppedMs: 9_800, droppedUnits: 198 });
        expect(names().slice(-3)).toEqual(["detach", "attach", "tracks"]);
        expect(line.heldBytes).toBe(0);
      }
      line.push(picture(n, { keyframe: n % 20 === 0 }));
      line.push({ ...picture(n), kind: "audio", keyframe: true });
      await vi.advanceTimersByTimeAsync(100);
    }
    await vi.advanceTimersByTimeAsync(2 * DELAY_MS);
    const after = names().slice(names().lastIndexOf("tracks") + 1);
    expect(after.slice(0, 3)).toEqual(["video 140", "audio 140", "video 141"]);
    expect(after).toHaveLength(20);
  });

  it("of who has left leaves nothing, and may be done twice or when all is over", async () => {
    const line = lineWith();
    line.attach(undefined);
    line.push(picture(0, { keyframe: true }));
    line.detach();
    expect(line.drop().droppedUnits).toBe(1);
    expect(line.drop()).toEqual({ droppedMs: 0, droppedUnits: 0 });
    line[Symbol.dispose]();
    line.push(picture(1, { keyframe: true }));
    line[Symbol.dispose]();
    await vi.advanceTimersByTimeAsync(2 * DELAY_MS);
    expect(names()).toEqual(["detach", "detach"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
