import type { StreamId } from "@footlight/shared";
import type { Logger } from "../../platform/logger.ts";
import type { ViewerCounter } from "./viewer-counter.ts";

/** Writes viewer counts beside their streams, so that lists are ordered and filtered by the database. */
export class ViewerTally implements AsyncDisposable {
  /** Counts that could not be written yet. */
  #owed = new Map<StreamId, number>();
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly deps: {
      readonly counter: Pick<ViewerCounter, "changes">;
      readonly streams: { setViewerCounts(counts: ReadonlyMap<StreamId, number>): Promise<void> };
      readonly logger: Logger;
      readonly everyMs?: number;
    },
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => {
      this.flush().catch((error: unknown) => {
        this.deps.logger.warn({ err: error }, "viewer counts could not be written");
      });
    }, this.deps.everyMs ?? 5_000).unref();
  }

  /** Everything that was counted before this call is written when it resolves. */
  async flush(): Promise<void> {
    // One that is under way may have begun before the newest heartbeat: wait, then look again.
    if (this.#flushing !== undefined) await this.#flushing.catch(() => undefined);
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#flushing?.catch(() => undefined);
  }

  async #flush(): Promise<void> {
    const counts = new Map([...this.#owed, ...(await this.deps.counter.changes())]);
    if (counts.size === 0) return;
    this.#owed = counts;
    await this.deps.streams.setViewerCounts(counts);
    this.#owed = new Map();
  }
}
