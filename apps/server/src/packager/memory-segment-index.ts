import type { StreamId } from "@footlight/shared";
import type { SegmentIndex, StoredRun, StoredSegment } from "../stream/segment-index.ts";

/** The index without a database: for tests and benchmarks. */
export class MemorySegmentIndex implements SegmentIndex {
  readonly #runs = new Map<StreamId, Map<number, StoredRun>>();
  readonly #segments = new Map<StreamId, Map<number, StoredSegment>>();

  async addRun(streamId: StreamId, run: StoredRun): Promise<void> {
    const runs = this.#runs.get(streamId) ?? new Map<number, StoredRun>();
    this.#runs.set(streamId, runs.set(run.run, run));
  }

  async addSegment(segment: StoredSegment): Promise<void> {
    const segments = this.#segments.get(segment.streamId) ?? new Map<number, StoredSegment>();
    this.#segments.set(segment.streamId, segments.set(segment.seq, segment));
  }

  async load(streamId: StreamId, limit: number): Promise<{ runs: StoredRun[]; segments: StoredSegment[] }> {
    const segments = [...(this.#segments.get(streamId)?.values() ?? [])].sort((a, b) => a.seq - b.seq);
    return {
      runs: [...(this.#runs.get(streamId)?.values() ?? [])].sort((a, b) => a.run - b.run),
      segments: limit <= 0 ? [] : segments.slice(-limit),
    };
  }

  async forget(streamId: StreamId, beforeSeq: number): Promise<void> {
    const segments = this.#segments.get(streamId);
    for (const seq of segments?.keys() ?? []) if (seq < beforeSeq) segments?.delete(seq);
  }
}
