import type { RenditionView } from "./rendition-view.ts";
import type { SlotSpan } from "./run-grid.ts";
import type { RunInfo } from "./runs.ts";
import { GAP, type Slot, type SlotLog } from "./slot-log.ts";

type Views = ReadonlyMap<string, RenditionView>;

/** The slot after the last one that this rendition has resolved; made by whoever comes first. */
export function slotFor(
  log: SlotLog,
  views: Views,
  of: { readonly info: RunInfo; readonly view: RenditionView; readonly span: SlotSpan },
): Slot {
  const { info, view, span } = of;
  const after = view.lastSeq === undefined ? (log.first?.seq ?? log.nextSeq) : view.lastSeq + 1;
  for (let seq = after; seq < log.nextSeq; seq += 1) {
    const slot = log.get(seq);
    if (slot?.run === info.number && slot.start90k === span.start90k) return slot;
  }
  const slot = log.append({
    run: info.number,
    start90k: span.start90k,
    duration90k: span.end90k - span.start90k,
    clock: span.clock,
    entries: new Map(),
  });
  // Renditions of earlier runs have nothing here; their playlists go on with a gap.
  for (const each of views.values()) {
    if (info.tracks.has(each.name)) continue;
    slot.entries.set(each.name, GAP);
    each.advance(slot);
  }
  return slot;
}

/** Number of the first slot that some rendition of the run has still to resolve. */
export function resolvedByAll(
  log: SlotLog,
  views: Views,
  of: { readonly info: RunInfo; readonly fromSeq: number },
): number {
  let seq = log.nextSeq;
  for (const name of of.info.tracks.keys()) {
    const last = views.get(name)?.lastSeq;
    seq = Math.min(seq, last === undefined ? of.fromSeq : last + 1);
  }
  return seq;
}
