import type { StreamId, UnitRange } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { UnitRanges } from "./unit-ranges.ts";

/** A killed server forgets so much: that is asked for though it came. */
const WRITE_EVERY_MS = 5_000;
/** A stream that is silent for so long leaves memory; what is written stays. */
const IDLE_MS = 180_000;
/** Lives of one stream's counter; more than a publisher can mean. */
const MAX_SOURCES = 32;

interface Seen {
  readonly bySource: Map<number, UnitRanges>;
  readonly changed: Set<number>;
  atMs: number;
}

/** Which pictures of each stream came in, by the counters that publishers number them with. */
export class StreamCounters implements AsyncDisposable {
  readonly #streams = new Map<StreamId, Seen>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: {
      readonly counters: {
        ranges(streamId: StreamId, source: number): Promise<readonly UnitRange[]>;
        setRanges(streamId: StreamId, source: number, ranges: readonly UnitRange[]): Promise<void>;
      };
      readonly clock: Pick<Clock, "monotonicMs">;
      readonly logger: Logger;
    },
  ) {}

  /** A picture is here. Called for each; never waits. */
  seen(streamId: StreamId, { source, frame }: { readonly source: number; readonly frame: number }): void {
    let seen = this.#streams.get(streamId);
    if (seen === undefined) {
      seen = { bySource: new Map(), changed: new Set(), atMs: 0 };
      this.#streams.set(streamId, seen);
      this.#timer ??= setInterval(() => void this.write(), WRITE_EVERY_MS).unref();
    }
    let ranges = seen.bySource.get(source);
    if (ranges === undefined) {
      if (seen.bySource.size >= MAX_SOURCES) return;
      ranges = new UnitRanges();
      seen.bySource.set(source, ranges);
    }
    ranges.add({ from: frame, to: frame });
    seen.changed.add(source);
    seen.atMs = this.deps.clock.monotonicMs();
  }

  /** All that came with one life of the counter, now and before a restart. */
  async of(streamId: StreamId, source: number): Promise<UnitRanges> {
    const all = new UnitRanges(await this.deps.counters.ranges(streamId, source));
    for (const range of this.#streams.get(streamId)?.bySource.get(source)?.list ?? []) all.add(range);
    return all;
  }

  write(): Promise<void> {
    this.#writing = this.#writing
      .then(() => this.#write())
      .catch((error: unknown) => this.deps.logger.warn({ err: error }, "counters could not be written"));
    return this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.write();
  }

  async #write(): Promise<void> {
    for (const [streamId, seen] of this.#streams) {
      for (const source of seen.changed) {
        seen.changed.delete(source);
        await this.deps.counters.setRanges(streamId, source, (await this.of(streamId, source)).list);
      }
      if (this.deps.clock.monotonicMs() - seen.atMs > IDLE_MS) this.#streams.delete(streamId);
    }
  }
}
