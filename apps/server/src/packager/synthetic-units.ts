import type { StreamId } from "@footlight/shared";
import { BlobError, type BlobStore } from "../platform/blob/blob-store.ts";
import { systemClock } from "../platform/clock.ts";
import { createLogger } from "../platform/logger.ts";
import type { AudioRendition, MediaSink, RenditionUnit, VideoRendition } from "../stream/media-sink.ts";
import { MemorySegmentIndex } from "./memory-segment-index.ts";
import { StorageGuard } from "./storage-guard.ts";
import { StreamPackager } from "./stream-packager.ts";
import { StreamStore } from "./stream-store.ts";

/** For tests: units of any shape without an encoder, and a packager without a disk. */
export const AVCC = Buffer.from("0164001fffe1000467640000010004680000", "hex");
export const ASC = Buffer.from([0x11, 0x90]);
export const FRAME_90K = 3_000;
export const AAC_90K = 1_920;
export const GRID = { origin90k: 0, period90k: 180_000 };
export const STREAM = "stream_test" as StreamId;

export const video = (name: string, passthrough = false): VideoRendition => ({
  kind: "video",
  name,
  width: 640,
  height: 360,
  frameRate: { num: 30, den: 1 },
  bitrateBps: 700_000,
  passthrough,
});

export const audio: AudioRendition = {
  kind: "audio",
  name: "audio",
  sampleRate: 48_000,
  channels: 2,
  bitrateBps: 128_000,
};

export interface VideoShape {
  readonly from90k?: number;
  readonly frames: number;
  /** Frames from keyframe to keyframe. */
  readonly gop?: number;
  /** I P b b order with a reorder delay of one frame. */
  readonly bFrames?: boolean;
  readonly constantRate?: boolean;
  /** Extra keyframes, and missing ones, by display number. */
  readonly keyframe?: (frame: number) => boolean;
  readonly jitter90k?: (frame: number) => number;
}

export function videoUnits(shape: VideoShape): RenditionUnit[] {
  const gop = shape.gop ?? 60;
  const isKey = shape.keyframe ?? ((frame: number) => frame % gop === 0);
  const order = Array.from({ length: shape.frames }, (_, frame) => frame);
  if (shape.bFrames === true) {
    // Within a GOP: 0, then 3 1 2, 6 4 5, …: each P before the two b that it follows in time.
    const coded = (frame: number): number => {
      const inGop = frame % gop;
      if (inGop === 0) return frame;
      return inGop % 3 === 0 ? frame - 2 - 0.5 : frame;
    };
    order.sort((a, b) => coded(a) - coded(b));
  }
  const delay = shape.bFrames === true ? FRAME_90K : 0;
  return order.map((frame, index) => ({
    dts90k: (shape.from90k ?? 0) + index * FRAME_90K - delay,
    pts90k: (shape.from90k ?? 0) + frame * FRAME_90K + (shape.jitter90k?.(frame) ?? 0),
    duration90k: shape.constantRate === false ? undefined : FRAME_90K,
    keyframe: isKey(frame),
    data: Buffer.alloc(100, frame & 0xff),
  }));
}

export function audioUnits(shape: { from90k?: number; frames: number }): RenditionUnit[] {
  return Array.from({ length: shape.frames }, (_, frame) => {
    const time = (shape.from90k ?? 0) + frame * AAC_90K;
    return { dts90k: time, pts90k: time, duration90k: AAC_90K, keyframe: true, data: Buffer.alloc(20, 7) };
  });
}

/** Pushes all renditions side by side, by decode time; a rendition that is in `late` comes that much later. */
export function pushAll(
  sink: MediaSink,
  units: Readonly<Record<string, readonly RenditionUnit[]>>,
  late90k: Readonly<Record<string, number>> = {},
): void {
  const all = Object.entries(units).flatMap(([name, list]) =>
    list.map((unit) => ({ name, unit, at: unit.dts90k + (late90k[name] ?? 0) })),
  );
  all.sort((a, b) => a.at - b.at);
  for (const { name, unit } of all) sink.push(name, unit);
}

export class MemoryBlobStore implements BlobStore {
  readonly blobs = new Map<string, Buffer>();
  free = Number.POSITIVE_INFINITY;
  /** Set to make every put fail with it. */
  failure: BlobError["code"] | undefined;

  async put(key: string, data: Uint8Array | readonly Uint8Array[]): Promise<void> {
    if (this.failure !== undefined) throw new BlobError(this.failure, key);
    this.blobs.set(key, Buffer.concat(data instanceof Uint8Array ? [data] : [...data]));
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.blobs.get(key);
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.blobs.delete(key);
  }

  async deletePrefix(prefix: string): Promise<void> {
    for (const key of this.blobs.keys()) if (key.startsWith(prefix)) this.blobs.delete(key);
  }

  async freeBytes(): Promise<number> {
    return this.free;
  }
}

export const silent = createLogger({ level: "silent", pretty: false });

export function makePackager(
  of: {
    blobs?: MemoryBlobStore;
    recording?: boolean;
    lowLatency?: boolean;
    dvrWindowS?: number;
    targetDurationS?: number;
    demanded?: (rendition: string) => void;
  } = {},
) {
  const blobs = of.blobs ?? new MemoryBlobStore();
  const index = new MemorySegmentIndex();
  const states: string[] = [];
  const guard = new StorageGuard({
    blobs,
    minFreeBytes: 1_000,
    clock: systemClock,
    changed: (state) => states.push(state),
  });
  const store = new StreamStore({ streamId: STREAM, blobs, index, guard, logger: silent });
  const packager = new StreamPackager({
    streamId: STREAM,
    epochMs: Date.UTC(2026, 0, 1),
    recording: of.recording ?? false,
    lowLatency: of.lowLatency ?? false,
    settings: {
      liveWindowSegments: 6,
      dvrWindowS: of.dvrWindowS ?? 7_200,
      targetDurationS: of.targetDurationS ?? 2,
      partTargetMs: 200,
    },
    store,
    clock: systemClock,
    logger: silent,
    ...(of.demanded === undefined ? {} : { demanded: of.demanded }),
  });
  return { packager, blobs, index, states };
}
