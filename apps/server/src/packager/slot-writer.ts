import type { Part, SegmentBytes } from "./cutter.ts";
import type { PackagerStats, PublishedMedia } from "./packager-options.ts";
import { Past } from "./past.ts";
import type { RenditionView } from "./rendition-view.ts";
import type { SlotSpan } from "./run-grid.ts";
import type { RunInfo } from "./runs.ts";
import { resolvedByAll, slotFor } from "./slot-allocation.ts";
import { GAP, type Slot, type SlotLog } from "./slot-log.ts";
import type { StreamStore } from "./stream-store.ts";

export interface SlotWriterDeps {
  readonly log: SlotLog;
  readonly runs: Map<number, RunInfo>;
  readonly views: ReadonlyMap<string, RenditionView>;
  readonly store: StreamStore;
  readonly nowMs: () => number;
  readonly published: (event: PublishedMedia) => void;
  readonly recording: boolean;
  /** All but the newest slots are gone. */
  readonly cut: () => void;
}

/** Puts what the cutters make into the stream's slots: lists it, has it stored, tells of it. */
export class SlotWriter {
  /** Intervals in which some rendition has nothing. */
  gaps = 0;
  readonly past: Past;
  readonly #deps: SlotWriterDeps;
  #nextRowSeq: number;

  constructor(deps: SlotWriterDeps) {
    this.#deps = deps;
    this.#nextRowSeq = deps.log.nextSeq;
    this.past = new Past(deps);
  }

  stats(): Omit<PackagerStats, "droppedUnits" | "blocked"> {
    const { log, store } = this.#deps;
    return {
      slots: log.length,
      nextSeq: log.nextSeq,
      memoryBytes: log.memoryBytes(),
      gaps: this.gaps,
      lostSegments: store.lost,
      storeWaitingBytes: store.waitingBytes,
    };
  }

  addPart(info: RunInfo, view: RenditionView, span: SlotSpan, part: Part): void {
    const slot = slotFor(this.#deps.log, this.#deps.views, { info, view, span });
    const entry = slot.entries.get(view.name);
    if (entry?.kind === "open") entry.parts.push(part);
    else slot.entries.set(view.name, { kind: "open", parts: [part] });
    view.addPart(slot);
    this.#tell(view.name, slot);
    this.past.look(info);
  }

  /** `withParts`: players knew of the segment before it was whole. Undefined is a gap. */
  resolve(
    info: RunInfo,
    view: RenditionView,
    span: SlotSpan,
    segment: SegmentBytes | undefined,
    withParts: boolean,
  ): void {
    const { log, views, store } = this.#deps;
    const slot = slotFor(log, views, { info, view, span });
    const duration90k = span.end90k - span.start90k;
    if (slot.duration90k !== duration90k) {
      slot.duration90k = duration90k;
      for (const each of views.values()) each.resized(slot);
    }
    if (segment === undefined) {
      slot.entries.set(view.name, GAP);
      this.gaps += 1;
    } else {
      const { chunks, byteLength } = segment;
      const parts = withParts ? segment.parts : [];
      slot.entries.set(view.name, { kind: "media", byteLength, chunks, parts, stored: false });
    }
    view.advance(slot);
    if (!withParts) this.#tell(view.name, slot);
    store.putSegment(slot, view.name);
    this.storeRows(resolvedByAll(log, views, { info, fromSeq: this.#nextRowSeq }), info);
    this.past.look(info);
  }

  storeRows(beforeSeq: number, info: RunInfo): void {
    for (; this.#nextRowSeq < beforeSeq; this.#nextRowSeq += 1) {
      const slot = this.#deps.log.get(this.#nextRowSeq);
      if (slot !== undefined) this.#deps.store.putRow(slot, this.#deps.runs.get(slot.run) ?? info);
    }
  }

  #tell(rendition: string, slot: Slot): void {
    const entry = slot.entries.get(rendition);
    if (entry === undefined || entry.kind === "gap") return;
    const length90k =
      entry.kind === "media"
        ? slot.duration90k
        : entry.parts.reduce((sum, part) => sum + part.durationS * 90_000, 0);
    this.#deps.published({ rendition, end90k: slot.start90k + length90k, atMs: this.#deps.nowMs() });
  }
}
