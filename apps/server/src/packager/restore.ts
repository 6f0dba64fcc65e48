import { readChunks } from "@footlight/protocols/fmp4/reader.ts";
import type { StreamId } from "@footlight/shared";
import type { BlobStore } from "../platform/blob/blob-store.ts";
import { TIMELINE_CLOCK } from "../stream/capture-clock.ts";
import type { SegmentIndex, StoredSegment } from "../stream/segment-index.ts";
import type { PackagerHistory } from "./packager-options.ts";
import { type RunInfo, restoreRun } from "./runs.ts";
import { GAP, type Slot, type SlotEntry } from "./slot-log.ts";
import { segmentKey, streamPrefix } from "./stream-store.ts";

/** Slots that may have been shown to viewers and were lost with the process: their numbers are not used again. */
const LOST_SLOTS = 2;
/** Stored media that may be ahead of its row. */
const MAX_AHEAD = 8;

/**
 * A stream's past from the index, from stored media whose row was lost with the process, and a few
 * gaps for what was shown but never stored (URLs are cached for a year, so a number is never given
 * to other bytes). Undefined for a stream that has no segments.
 */
export async function loadHistory(
  streamId: StreamId,
  from: { readonly blobs: BlobStore; readonly index: SegmentIndex },
  options: { readonly limit: number; readonly ended: boolean },
): Promise<PackagerHistory | undefined> {
  const { runs: storedRuns, segments } = await from.index.load(streamId, options.limit);
  const first = segments[0];
  if (first === undefined) return undefined;
  const runs = storedRuns.map(restoreRun);
  const slots: Omit<Slot, "seq">[] = [];
  let previous: StoredSegment | undefined;
  for (const segment of segments) {
    // Numbers have no holes: a row that was lost is a gap as long as what lies between.
    for (let seq = (previous?.seq ?? segment.seq - 1) + 1; seq < segment.seq; seq += 1) {
      slots.push(gapAfter(slots.at(-1), segment.duration90k));
    }
    slots.push(toSlot(segment, runs));
    previous = segment;
  }
  const period90k = Math.max(...segments.slice(-3).map((segment) => segment.duration90k));
  const marker = `${streamPrefix(streamId)}suspended`;
  const suspendedAt = Number((await from.blobs.get(marker))?.toString() ?? Number.NaN);
  if (suspendedAt !== first.seq + slots.length && !options.ended) {
    await addUnindexed(streamId, from.blobs, { firstSeq: first.seq, slots, runs, period90k });
    for (let lost = 0; lost < LOST_SLOTS; lost += 1) slots.push(gapAfter(slots.at(-1), period90k));
    // A run that was begun but never stored may have been shown: its discontinuity counts.
    for (const info of runs) {
      const last = slots.at(-1);
      if (last !== undefined && info.number > last.run)
        slots.push({ ...gapAfter(last, period90k), run: info.number });
    }
  }
  if (!options.ended) await from.blobs.delete([marker]);
  return { firstSeq: first.seq, slots, runs };
}

function toSlot(segment: StoredSegment, runs: readonly RunInfo[]): Omit<Slot, "seq"> {
  const entries = new Map<string, SlotEntry>();
  for (const info of runs) for (const name of info.tracks.keys()) entries.set(name, GAP);
  for (const [name, byteLength] of Object.entries(segment.sizes)) entries.set(name, stored(byteLength));
  const { run, start90k, duration90k, clock = TIMELINE_CLOCK } = segment;
  return { run, start90k, duration90k, clock, entries };
}

const stored = (byteLength: number): SlotEntry => ({
  kind: "media",
  byteLength,
  chunks: undefined,
  parts: [],
  stored: true,
});

function gapAfter(last: Omit<Slot, "seq"> | undefined, duration90k: number): Omit<Slot, "seq"> {
  return {
    run: last?.run ?? 0,
    start90k: (last?.start90k ?? 0) + (last?.duration90k ?? 0),
    duration90k,
    clock: last?.clock ?? TIMELINE_CLOCK,
    entries: new Map(),
  };
}

/** Media is stored before its row: looks for the numbers that should come next. */
async function addUnindexed(
  streamId: StreamId,
  blobs: BlobStore,
  past: { firstSeq: number; slots: Omit<Slot, "seq">[]; runs: readonly RunInfo[]; period90k: number },
): Promise<void> {
  const { slots } = past;
  for (let ahead = 0; ahead < MAX_AHEAD; ahead += 1) {
    const last = slots.at(-1);
    const tracks = past.runs.find((info) => info.number === last?.run)?.tracks;
    if (last === undefined || tracks === undefined) return;
    const entries = new Map<string, SlotEntry>();
    let duration90k = past.period90k;
    for (const track of tracks.values()) {
      const bytes = await blobs.get(segmentKey(streamId, track.name, past.firstSeq + slots.length));
      if (bytes === undefined) continue;
      entries.set(track.name, stored(bytes.byteLength));
      if (track.kind === "video") duration90k = mediaDuration(bytes) ?? duration90k;
    }
    if (entries.size === 0) return;
    for (const name of tracks.keys()) if (!entries.has(name)) entries.set(name, GAP);
    slots.push({ ...gapAfter(last, duration90k), entries });
  }
}

function mediaDuration(bytes: Uint8Array): number | undefined {
  try {
    const chunks = readChunks(bytes);
    const last = chunks.at(-1)?.samples.at(-1);
    return last === undefined
      ? undefined
      : last.decodeTime + last.duration - (chunks[0]?.baseDecodeTime ?? 0);
  } catch {
    return undefined;
  }
}
