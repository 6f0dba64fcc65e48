import type { StreamId } from "@footlight/shared";
import type { StreamClock } from "./capture-clock.ts";

/**
 * What outlives the process of a stream's segments, so that a restarted server goes on with the
 * next number and an ended stream can still be played. Implemented over the database.
 */
export interface StoredSegment {
  readonly streamId: StreamId;
  /** Media sequence number: the stream's own, equal in all renditions. */
  readonly seq: number;
  readonly start90k: number;
  readonly duration90k: number;
  /** Number of the run that made it; also names its init segments. */
  readonly run: number;
  /** What its date-time counts from; absent: the timeline's own. */
  readonly clock?: StreamClock;
  /** Rendition → bytes. A rendition that is missing here has a gap. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** A run's renditions with their decoder configurations: all that a master playlist needs. */
export interface StoredRun {
  readonly run: number;
  readonly renditions: readonly {
    readonly name: string;
    readonly kind: "video" | "audio";
    readonly codecString: string;
    readonly width: number;
    readonly height: number;
    readonly fps: number;
    readonly bitrateBps: number;
    readonly sampleRate: number;
    readonly channels: number;
  }[];
}

export interface SegmentIndex {
  addRun(streamId: StreamId, run: StoredRun): Promise<void>;
  addSegment(segment: StoredSegment): Promise<void>;
  /** Oldest first, at most `limit` newest ones. */
  load(streamId: StreamId, limit: number): Promise<{ runs: StoredRun[]; segments: StoredSegment[] }>;
  /** Forgets the segments below `beforeSeq` (their blobs are the caller's to delete). */
  forget(streamId: StreamId, beforeSeq: number): Promise<void>;
}
