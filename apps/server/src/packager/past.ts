import type { RenditionView } from "./rendition-view.ts";
import type { RunInfo } from "./runs.ts";
import { resolvedByAll } from "./slot-allocation.ts";
import type { Slot, SlotLog } from "./slot-log.ts";
import type { StreamStore } from "./stream-store.ts";

/** Two intervals and what an encoder holds; after it nothing is coming. */
const CUT_DEADLINE_MS = 12_000;

interface Cut {
  readonly afterSeq: number;
  readonly from90k: number;
  readonly timer: NodeJS.Timeout;
  readonly done: (from90k: number | undefined) => void;
}

/** What a stream has shown: forgotten slot by slot as it leaves the window, or all at once. */
export class Past {
  #cut: Cut | undefined;

  constructor(
    private readonly deps: {
      readonly log: SlotLog;
      readonly runs: Map<number, RunInfo>;
      readonly views: ReadonlyMap<string, RenditionView>;
      readonly store: Pick<StreamStore, "forget">;
      readonly recording: boolean;
      /** All that was shown is gone. */
      readonly cut: () => void;
    },
  ) {}

  /** Deletes what ended before a time, unless the stream is recorded. */
  expire(before90k: number): void {
    const forgotten = this.deps.log.forgetBefore(before90k);
    if (!this.deps.recording) this.deps.store.forget(forgotten);
    this.#forgetRuns();
  }

  /**
   * Deletes everything before the first slot that begins at `from90k` or later, as soon as all renditions are
   * there, recorded or not. `afterMs`: that is so long from now. Resolves with that slot's start; undefined when none came, and nothing is deleted.
   */
  cut(from90k: number, { afterMs = 0 } = {}): Promise<number | undefined> {
    this.give();
    return new Promise((done) => {
      const timer = setTimeout(() => this.give(), afterMs + CUT_DEADLINE_MS);
      this.#cut = { afterSeq: this.deps.log.last?.seq ?? -1, from90k, timer, done };
    });
  }

  /** Slots of a run have changed. */
  look(info: RunInfo): void {
    const { log, views, store } = this.deps;
    const cut = this.#cut;
    if (cut === undefined) return;
    const first = log
      .range(cut.afterSeq + 1, log.nextSeq)
      .find((slot: Slot) => slot.run === info.number && slot.start90k >= cut.from90k);
    // A rendition that still has to finish an older slot must find it.
    if (first === undefined || resolvedByAll(log, views, { info, fromSeq: 0 }) < first.seq) return;
    store.forget(log.forgetBefore(first.start90k));
    this.#forgetRuns();
    this.deps.cut();
    this.#end(cut, first.start90k);
  }

  /** What is waited for does not come. */
  give(): void {
    if (this.#cut !== undefined) this.#end(this.#cut, undefined);
  }

  #end(cut: Cut, from90k: number | undefined): void {
    clearTimeout(cut.timer);
    this.#cut = undefined;
    cut.done(from90k);
  }

  #forgetRuns(): void {
    const oldest = this.deps.log.first?.run ?? 0;
    for (const number of this.deps.runs.keys()) if (number < oldest) this.deps.runs.delete(number);
  }
}
