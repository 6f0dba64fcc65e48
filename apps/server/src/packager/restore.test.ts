import { describe, expect, it } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { MemorySegmentIndex } from "./memory-segment-index.ts";
import { PackagerManager } from "./packager-manager.ts";
import type { StreamPackager } from "./stream-packager.ts";
import {
  ASC,
  AVCC,
  audio,
  audioUnits,
  GRID,
  MemoryBlobStore,
  makePackager,
  pushAll,
  STREAM,
  silent,
  video,
  videoUnits,
} from "./synthetic-units.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);

function makeServer(of: {
  blobs: MemoryBlobStore;
  index: MemorySegmentIndex;
  ended?: boolean;
  expired?: boolean;
}) {
  return new PackagerManager({
    settings: {
      liveWindowSegments: 6,
      dvrWindowS: 7_200,
      targetDurationS: 2,
      partTargetMs: 200,
      minFreeBytes: 0,
    },
    blobs: of.blobs,
    index: of.index,
    directory: {
      find: async (id) =>
        id === STREAM ? { epochMs: EPOCH_MS, ended: of.ended ?? false, recording: false } : undefined,
      expired: async () => (of.expired === true ? [STREAM] : []),
    },
    clock: systemClock,
    logger: silent,
  });
}

function publish(packager: StreamPackager, from90k: number, frames: number): void {
  packager.startRun({ grid: GRID, renditions: [video("360p"), audio] });
  packager.configure("360p", AVCC);
  packager.configure("audio", ASC);
  pushAll(packager, {
    "360p": videoUnits({ from90k, frames }),
    audio: audioUnits({ from90k, frames: Math.ceil((frames * 3_000) / 1_920) }),
  });
}

const textOf = (packager: StreamPackager | undefined, name = "360p"): string =>
  packager?.view(name)?.body({ parts: false, delta: false })?.bytes.toString() ?? "";
const open = (server: PackagerManager) =>
  server.open(STREAM, { epochMs: EPOCH_MS, recording: false, lowLatency: false });

describe("a server that was stopped", () => {
  it("goes on with the next number after a suspend, behind one discontinuity", async () => {
    const blobs = new MemoryBlobStore();
    const index = new MemorySegmentIndex();
    const before = makeServer({ blobs, index });
    publish(await open(before), 0, 200);
    await before.close();
    await before.close();
    const after = makeServer({ blobs, index });
    const packager = await open(after);
    expect(packager.stats().nextSeq).toBe(3);
    expect(textOf(packager)).not.toContain("EXT-X-ENDLIST");
    publish(packager, 900_000, 130);
    expect(textOf(packager)).toContain("\n2.m4s\n#EXT-X-DISCONTINUITY\n");
    expect(textOf(packager)).not.toContain("EXT-X-GAP");
    expect(await packager.media.segment("360p", 1)).toBeInstanceOf(Uint8Array);
    expect(await packager.media.init("360p", 0)).toBeInstanceOf(Uint8Array);
    expect(packager.media.init("360p", 7)).toBeUndefined();
    await packager.end();
    expect(textOf(packager)).toMatch(/#EXT-X-ENDLIST\n$/);
    await after.close();
  });

  it("never gives a number again that may have been shown before it was killed", async () => {
    const blobs = new MemoryBlobStore();
    const index = new MemorySegmentIndex();
    const before = makeServer({ blobs, index });
    publish(await open(before), 0, 200);
    await (await open(before)).close();
    // Killed: no marker, and the newest slot's row and sound are lost.
    const { segments } = await index.load(STREAM, 100);
    const lost = new MemorySegmentIndex();
    for (const run of (await index.load(STREAM, 0)).runs) await lost.addRun(STREAM, run);
    for (const segment of segments.slice(0, -1)) await lost.addSegment(segment);
    blobs.blobs.delete(`streams/${STREAM}/audio/2.m4s`);
    const packager = await open(makeServer({ blobs, index: lost }));
    publish(packager, 2_700_000, 60);
    const slots = packager.log
      .range(0, 9)
      .map((slot) => [slot.seq, slot.entries.get("360p")?.kind, slot.run]);
    expect(slots).toEqual([
      [0, "media", 0],
      [1, "media", 0],
      [2, "media", 0],
      [3, undefined, 0],
      [4, undefined, 0],
      [5, "media", 1],
    ]);
    expect(textOf(packager, "audio").match(/#EXT-X-GAP/g)).toHaveLength(3);
  });

  it("plays an ended stream from its past, whole and with ENDLIST", async () => {
    const blobs = new MemoryBlobStore();
    const index = new MemorySegmentIndex();
    const before = makeServer({ blobs, index });
    publish(await open(before), 0, 20 * 60);
    await before.end(STREAM);
    const after = makeServer({ blobs, index, ended: true });
    const packager = await after.find(STREAM);
    expect(textOf(packager).match(/\.m4s/g)).toHaveLength(20);
    expect(textOf(packager)).toContain("#EXT-X-MEDIA-SEQUENCE:0\n");
    expect(textOf(packager)).toMatch(/#EXT-X-ENDLIST\n$/);
    expect(packager?.master({ parts: false })?.bytes.toString()).toContain("360p/index.m3u8");
    expect(after.find(STREAM)).toBe(packager);
    expect(await after.find("stream_other" as typeof STREAM)).toBeUndefined();
    await after.close();
  });

  it("forgets a stream whose window is over", async () => {
    const blobs = new MemoryBlobStore();
    const index = new MemorySegmentIndex();
    const before = makeServer({ blobs, index });
    publish(await open(before), 0, 200);
    await before.close();
    const after = makeServer({ blobs, index, ended: true, expired: true });
    await after.sweep();
    expect(blobs.blobs.size).toBe(0);
    expect((await index.load(STREAM, 10)).segments).toEqual([]);
    await after.close();
  });
});

describe("storing", () => {
  it("serves what left memory from the blob store, and deletes what left the window", async () => {
    const { packager, blobs, index } = makePackager({ dvrWindowS: 30 });
    publish(packager, 0, 70 * 60);
    await packager.end();
    const first = packager.media.segment("360p", 0);
    expect(first).toBeInstanceOf(Promise);
    expect((await first)?.byteLength).toBe(blobs.blobs.get(`streams/${STREAM}/360p/0.m4s`)?.byteLength);
    expect(packager.media.segment("360p", 69)).not.toBeInstanceOf(Promise);
    packager.expire();
    await packager.close();
    expect(packager.media.segment("360p", 0)).toBeUndefined();
    expect(blobs.blobs.has(`streams/${STREAM}/360p/24.m4s`)).toBe(false);
    expect(blobs.blobs.has(`streams/${STREAM}/360p/25.m4s`)).toBe(true);
    expect((await index.load(STREAM, 100)).segments[0]?.seq).toBe(25);
  });

  it("keeps what is recorded", async () => {
    const { packager, blobs } = makePackager({ dvrWindowS: 30, recording: true });
    publish(packager, 0, 70 * 60);
    packager.expire();
    await packager.close();
    expect(blobs.blobs.has(`streams/${STREAM}/360p/0.m4s`)).toBe(true);
  });

  it("stops below the watermark, says so once, and live goes on", async () => {
    const { packager, blobs, index, states } = makePackager();
    blobs.free = 10;
    publish(packager, 0, 10 * 60);
    await packager.end();
    expect(states).toEqual(["full"]);
    expect(blobs.blobs.size).toBe(0);
    expect(packager.stats()).toMatchObject({ nextSeq: 10, lostSegments: 20, storeWaitingBytes: 0 });
    expect(packager.media.segment("360p", 9)).toBeDefined();
    expect(packager.media.segment("360p", 0)).toBeUndefined();
    // The numbers are kept all the same.
    expect((await index.load(STREAM, 100)).segments.at(-1)).toMatchObject({ seq: 9, sizes: {} });
  });

  it("counts failures of the store and recovers", async () => {
    const { packager, blobs, states } = makePackager();
    blobs.failure = "io";
    publish(packager, 0, 60);
    packager.endRun();
    await new Promise(setImmediate);
    blobs.failure = undefined;
    publish(packager, 360_000, 60);
    await packager.end();
    expect(states).toEqual(["failing", "ok"]);
    expect(packager.stats().lostSegments).toBe(2);
  });
});
