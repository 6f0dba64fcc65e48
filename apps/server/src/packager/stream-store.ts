import type { StreamId } from "@footlight/shared";
import type { BlobStore } from "../platform/blob/blob-store.ts";
import type { Logger } from "../platform/logger.ts";
import type { SegmentIndex, StoredSegment } from "../stream/segment-index.ts";
import { type RunInfo, toStoredRun } from "./runs.ts";
import type { Slot } from "./slot-log.ts";
import type { StorageGuard } from "./storage-guard.ts";

/** Media that may wait for the disk; past it segments are not stored, and counted. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
const MAX_WAITING_TASKS = 2_000;
/** Rows that wait for a database that is away; about ten minutes of slots. */
const MAX_WAITING_ROWS = 300;

export const streamPrefix = (streamId: StreamId): string => `streams/${streamId}/`;
export const segmentKey = (streamId: StreamId, rendition: string, seq: number): string =>
  `${streamPrefix(streamId)}${rendition}/${seq}.m4s`;
export const initKey = (streamId: StreamId, rendition: string, run: number): string =>
  `${streamPrefix(streamId)}${rendition}/init-${run}.mp4`;

interface Task {
  readonly bytes: number;
  run(): Promise<void>;
}

/**
 * One stream's way to the blob store and the segment index: a bounded queue, worked off in order,
 * so that a slot's row is written after its media. Nothing here ever waits for or fails the live.
 */
export class StreamStore {
  readonly #streamId: StreamId;
  readonly #blobs: BlobStore;
  readonly #index: SegmentIndex;
  readonly #guard: StorageGuard;
  readonly #logger: Logger;
  readonly #tasks: Task[] = [];
  #waitingBytes = 0;
  #working: Promise<void> | undefined;
  #rows: StoredSegment[] = [];
  readonly #runs = new Map<number, string>();
  /** Segments that were not stored: no space, a failing store, a full queue. */
  lost = 0;

  constructor(options: {
    streamId: StreamId;
    blobs: BlobStore;
    index: SegmentIndex;
    guard: StorageGuard;
    logger: Logger;
  }) {
    this.#streamId = options.streamId;
    this.#blobs = options.blobs;
    this.#index = options.index;
    this.#guard = options.guard;
    this.#logger = options.logger;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get waitingRows(): number {
    return this.#rows.length;
  }

  putInit(rendition: string, run: number, bytes: Uint8Array): void {
    this.#enqueue(bytes.byteLength, () =>
      this.#put(initKey(this.#streamId, rendition, run), [bytes]).then(() => {}),
    );
  }

  /** Marks the slot's entry as stored when it is. */
  putSegment(slot: Slot, rendition: string): void {
    const entry = slot.entries.get(rendition);
    if (entry?.kind !== "media" || entry.chunks === undefined) return;
    const { chunks } = entry;
    const accepted = this.#enqueue(entry.byteLength, async () => {
      entry.stored = await this.#put(segmentKey(this.#streamId, rendition, slot.seq), chunks);
      if (!entry.stored) this.lost += 1;
    });
    if (!accepted) this.lost += 1;
  }

  /** A slot that every rendition has resolved. */
  putRow(slot: Slot, run: RunInfo): void {
    this.#enqueue(0, async () => {
      const sizes: Record<string, number> = {};
      for (const [name, entry] of slot.entries) {
        if (entry.kind === "media" && entry.stored) sizes[name] = entry.byteLength;
      }
      const { seq, start90k, duration90k, clock, run: number } = slot;
      this.#rows.push({ streamId: this.#streamId, seq, start90k, duration90k, run: number, clock, sizes });
      if (this.#rows.length > MAX_WAITING_ROWS) this.#rows.shift();
      await this.#writeRows(run);
    });
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#blobs.get(key);
  }

  putMarker(key: string, text: string): Promise<boolean> {
    return this.#put(key, [Buffer.from(text)]);
  }

  /** Everything that waits now has been tried. */
  async drain(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  /** Deletes the media of slots and forgets their rows. */
  forget(slots: readonly Slot[]): void {
    const last = slots.at(-1);
    if (last === undefined) return;
    const keys = slots.flatMap((slot) =>
      [...slot.entries].flatMap(([name, entry]) =>
        entry.kind === "media" ? [segmentKey(this.#streamId, name, slot.seq)] : [],
      ),
    );
    this.#enqueue(0, async () => {
      try {
        await this.#blobs.delete(keys);
        await this.#index.forget(this.#streamId, last.seq + 1);
      } catch (error) {
        this.#logger.warn({ err: error }, "could not delete old segments");
      }
    });
  }

  async #put(key: string, chunks: readonly Uint8Array[]): Promise<boolean> {
    if (!(await this.#guard.allows())) return false;
    try {
      await this.#blobs.put(key, chunks);
      this.#guard.stored();
      return true;
    } catch (error) {
      this.#guard.failed(error);
      this.#logger.debug({ err: error, blob: key }, "segment not stored");
      return false;
    }
  }

  async #writeRows(run: RunInfo): Promise<void> {
    try {
      const stored = toStoredRun(run);
      const text = JSON.stringify(stored);
      if (this.#runs.get(run.number) !== text) {
        await this.#index.addRun(this.#streamId, stored);
        this.#runs.set(run.number, text);
      }
      for (let row = this.#rows[0]; row !== undefined; row = this.#rows[0]) {
        await this.#index.addSegment(row);
        this.#rows.shift();
      }
    } catch (error) {
      // Kept and tried again with the next slot.
      this.#logger.warn({ err: error, rows: this.#rows.length }, "segment index not written");
    }
  }

  #enqueue(bytes: number, run: () => Promise<void>): boolean {
    if (this.#tasks.length >= MAX_WAITING_TASKS) return false;
    if (bytes > 0 && this.#waitingBytes + bytes > MAX_WAITING_BYTES) return false;
    this.#tasks.push({ bytes, run });
    this.#waitingBytes += bytes;
    this.#working ??= this.#work();
    return true;
  }

  async #work(): Promise<void> {
    // The first task begins in a later turn: storing never delays the segment's own listing.
    await Promise.resolve();
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
      try {
        await task.run();
      } catch (error) {
        this.#logger.error({ err: error }, "storing a segment failed");
      }
      this.#waitingBytes -= task.bytes;
    }
    this.#working = undefined;
  }
}
