import {
  type LowLatency,
  type PlaylistPart,
  type RenditionReport,
  type SegmentLead,
  skipBoundaryS,
  writeMediaPlaylist,
  writeSegment,
} from "@footlight/protocols/m3u8/media-playlist.ts";
import type { PartFacts } from "./cutter.ts";
import { PlaylistBody } from "./playlist-body.ts";
import type { RunInfo } from "./runs.ts";
import type { Slot, SlotLog } from "./slot-log.ts";
import { Waiters, type Waiting } from "./waiters.ts";

/** What a view reads of its stream. */
export interface ViewSource {
  readonly log: SlotLog;
  readonly runs: ReadonlyMap<number, RunInfo>;
  readonly views: ReadonlyMap<string, RenditionView>;
  readonly epochMs: number;
  readonly targetDurationS: number;
  /** Longest part, seconds; undefined where the stream has none. */
  readonly partTargetS: number | undefined;
  readonly ended: boolean;
}

/** A media playlist comes with parts or without, whole or as the difference to an older one. */
export interface PlaylistForm {
  readonly parts: boolean;
  readonly delta: boolean;
}

/** Below half a target duration a segment says nothing of a bitrate (RFC 8216bis §4.1). */
const MIN_RATED_TARGETS = 0.5;
/** Parts are listed for the newest segments only (§4.4.4.9: those within three target durations of the end). */
const SEGMENTS_WITH_PARTS = 3;
/** Over these newest slots the average bitrate is taken. */
const RATED_SLOTS = 30;
/** No segment has so many parts; places in the stream are counted as `seq * MAX_PARTS + parts`. */
const MAX_PARTS = 4_096;

/** One rendition's media playlist: a view of the slots, serialised once a version and form. */
export class RenditionView {
  readonly name: string;
  readonly kind: "video" | "audio";
  readonly #waiters = new Waiters();
  readonly #source: ViewSource;
  readonly #listedFrom: () => number;
  #lastSeq: number | undefined;
  #open: Slot | undefined;
  readonly #bodies = new Map<string, PlaylistBody>();
  /** Lines of segments that no longer change: neither their parts nor what stands before them. */
  readonly #lines = new WeakMap<Slot, string>();
  /** First slot of each run that has media here: the one that names the init segment. */
  readonly #firstMedia = new Map<number, number>();
  #peakBps = 0;
  /** Times that a playlist was serialised, however many read it. */
  written = 0;

  /** `listedFrom`: number of the oldest slot that playlists list. */
  constructor(options: {
    name: string;
    kind: "video" | "audio";
    source: ViewSource;
    listedFrom: () => number;
  }) {
    this.name = options.name;
    this.kind = options.kind;
    this.#source = options.source;
    this.#listedFrom = options.listedFrom;
  }

  /** Number of the newest whole segment (or gap) that it lists. */
  get lastSeq(): number | undefined {
    return this.#lastSeq;
  }

  /** Newest number of which it lists anything, a part or the whole. */
  get edgeSeq(): number | undefined {
    return this.#open?.seq ?? this.#lastSeq;
  }

  /** Highest bitrate of a segment so far, bits a second; 0 before the first. */
  get peakBps(): number {
    return this.#peakBps;
  }

  get blocked(): number {
    return this.#waiters.size;
  }

  /** Its list ends in media (`parts`: be it a part), not in a gap or in nothing. */
  isAtEdge(parts: boolean): boolean {
    if (parts && this.#open !== undefined) return true;
    return this.#source.log.get(this.#lastSeq ?? -1)?.entries.get(this.name)?.kind === "media";
  }

  /** It has something to show, be it a part, in what is left of the stream. */
  get hasMedia(): boolean {
    return this.#open !== undefined || this.#firstMedia.size > 0;
  }

  /** The open slot has one more part: list it and wake those who wait for it. */
  addPart(slot: Slot): void {
    this.#open = slot;
    if (this.#firstMedia.get(slot.run) === undefined) this.#firstMedia.set(slot.run, slot.seq);
    this.#forgetBodies("parts");
    this.#waiters.reach(this.#placeOf(slot));
  }

  /** The slot is resolved for this rendition: list it and wake those who wait for it. */
  advance(slot: Slot): void {
    this.#lastSeq = slot.seq;
    this.#open = undefined;
    this.#forgetBodies("all");
    const entry = slot.entries.get(this.name);
    if (entry?.kind === "media") {
      if (this.#firstMedia.get(slot.run) === undefined) this.#firstMedia.set(slot.run, slot.seq);
      const rated = slot.duration90k >= MIN_RATED_TARGETS * this.#source.targetDurationS * 90_000;
      const bps = (entry.byteLength * 8 * 90_000) / slot.duration90k;
      if (rated) this.#peakBps = Math.max(this.#peakBps, bps);
    } else if (this.#firstMedia.get(slot.run) === slot.seq) this.#firstMedia.delete(slot.run);
    this.#waiters.reach((slot.seq + 1) * MAX_PARTS);
  }

  /** The slot has become shorter after this rendition listed it. */
  resized(slot: Slot): void {
    this.#lines.delete(slot);
    this.#forgetBodies("all");
  }

  /** The playlist changes without a new segment (the stream ended): everybody gets it. */
  refresh(): void {
    this.#forgetBodies("all");
    this.#waiters.release();
  }

  /**
   * Wakes at the next change that can make `has` true, or in vain at the end of the segment: then the
   * part means the first one of the next, and is to be waited for again.
   */
  waitFor(msn: number, part: number | undefined, timeoutMs: number): Waiting {
    const isOver = this.#lastSeq !== undefined && msn <= this.#lastSeq;
    const level =
      part === undefined
        ? (msn + 1) * MAX_PARTS
        : isOver
          ? (msn + 1) * MAX_PARTS + 1
          : msn * MAX_PARTS + part + 1;
    return this.#waiters.wait(level, timeoutMs);
  }

  /** The next part, segment or gap. */
  whenChanged(timeoutMs: number): Waiting {
    const next =
      this.#open === undefined ? ((this.#lastSeq ?? -1) + 1) * MAX_PARTS : this.#placeOf(this.#open);
    return this.#waiters.wait(next + 1, timeoutMs);
  }

  /** Something to list. */
  whenBegun(timeoutMs: number): Waiting {
    return this.#waiters.wait(0, timeoutMs);
  }

  /** Whether part `part` of segment `msn` is listed; the whole segment where no part is named. */
  has(msn: number, part: number | undefined): boolean {
    if (this.#lastSeq === undefined) return this.#open !== undefined && this.#openHas(msn, part);
    if (msn > this.#lastSeq) return this.#openHas(msn, part);
    if (part === undefined || msn < this.#lastSeq) return true;
    const slot = this.#source.log.get(msn);
    const count = slot === undefined ? 0 : this.#partsOf(slot).length;
    // Past the end: the first part of the next.
    return part < count || count === 0 || this.#openHas(msn + 1, 0);
  }

  /** The part that will come next; a request for it is held, not refused (§6.2.6). */
  get hint(): { readonly seq: number; readonly part: number } {
    if (this.#open !== undefined) return { seq: this.#open.seq, part: this.#partsOf(this.#open).length };
    return { seq: (this.#lastSeq ?? this.#source.log.nextSeq - 1) + 1, part: 0 };
  }

  /** Undefined before the first segment or part. */
  body(form: PlaylistForm): PlaylistBody | undefined {
    const parts = form.parts && this.#source.partTargetS !== undefined && !this.#source.ended;
    if (this.#lastSeq === undefined && !(parts && this.#open !== undefined)) return undefined;
    const key = `${parts}${form.delta && !this.#source.ended}`;
    let body = this.#bodies.get(key);
    if (body === undefined) {
      this.written += 1;
      body = new PlaylistBody(this.#write({ parts, delta: form.delta && !this.#source.ended }));
      this.#bodies.set(key, body);
    }
    return body;
  }

  /** The newest slot that has media here. */
  newest(): Slot | undefined {
    return this.#recent().findLast((slot) => slot.entries.get(this.name)?.kind === "media");
  }

  /** Over the newest segments, bits a second; 0 when there are none. */
  averageBps(): number {
    let bytes = 0;
    let ticks = 0;
    for (const slot of this.#recent()) {
      const entry = slot.entries.get(this.name);
      if (entry?.kind !== "media") continue;
      bytes += entry.byteLength;
      ticks += slot.duration90k;
    }
    return ticks === 0 ? 0 : (bytes * 8 * 90_000) / ticks;
  }

  #placeOf(open: Slot): number {
    return open.seq * MAX_PARTS + this.#partsOf(open).length;
  }

  #recent(): Slot[] {
    const last = this.#lastSeq;
    return last === undefined ? [] : this.#source.log.range(last - RATED_SLOTS + 1, last);
  }

  #openHas(msn: number, part: number | undefined): boolean {
    return part !== undefined && this.#open?.seq === msn && part < this.#partsOf(this.#open).length;
  }

  #partsOf(slot: Slot): readonly PartFacts[] {
    const entry = slot.entries.get(this.name);
    return entry === undefined || entry.kind === "gap" ? [] : entry.parts;
  }

  #forgetBodies(which: "parts" | "all"): void {
    if (which === "all") this.#bodies.clear();
    else for (const key of this.#bodies.keys()) if (key.startsWith("true")) this.#bodies.delete(key);
  }

  #write(form: PlaylistForm): string {
    const { targetDurationS, ended } = this.#source;
    const last = this.#lastSeq ?? -1;
    const slots = this.#source.log.range(this.#listedFrom(), last);
    const skipped = form.delta ? this.#skippable(slots) : 0;
    const withParts = form.parts ? last - SEGMENTS_WITH_PARTS : Number.POSITIVE_INFINITY;
    const segments = slots
      .slice(skipped)
      .map((slot, index) =>
        this.#segment(slot, { isFirst: index + skipped === 0, withParts: slot.seq > withParts }),
      );
    const first = slots[0] ?? this.#open;
    return writeMediaPlaylist({
      targetDurationS,
      mediaSequence: first?.seq ?? 0,
      discontinuitySequence: first?.run ?? 0,
      skipped,
      segments,
      lowLatency: form.parts ? this.#lowLatency(slots.length === 0) : undefined,
      ended,
    });
  }

  /** Whole segments that end before the skip boundary (§4.4.3.8). */
  #skippable(slots: readonly Slot[]): number {
    const boundary90k = this.#end90k(slots) - skipBoundaryS(this.#source.targetDurationS) * 90_000;
    const kept = slots.findIndex((slot) => slot.start90k + slot.duration90k > boundary90k);
    return kept === -1 ? slots.length : kept;
  }

  #end90k(slots: readonly Slot[]): number {
    const last = slots.at(-1);
    if (this.#open === undefined) return last === undefined ? 0 : last.start90k + last.duration90k;
    const open90k = this.#partsOf(this.#open).reduce((sum, part) => sum + part.durationS * 90_000, 0);
    return this.#open.start90k + open90k;
  }

  #segment(slot: Slot, at: { readonly isFirst: boolean; readonly withParts: boolean }): string {
    const settled = !at.isFirst && !at.withParts;
    const known = settled ? this.#lines.get(slot) : undefined;
    if (known !== undefined) return known;
    const text = writeSegment({
      ...this.#lead(slot, at.isFirst),
      uri: `${slot.seq}.m4s`,
      durationS: slot.duration90k / 90_000,
      gap: slot.entries.get(this.name)?.kind !== "media",
      parts: at.withParts ? this.#listParts(slot) : [],
    });
    if (settled) this.#lines.set(slot, text);
    return text;
  }

  #lead(slot: Slot, isFirst: boolean): SegmentLead {
    const { runs, log, epochMs } = this.#source;
    const previous = isFirst ? undefined : log.get(slot.seq - 1);
    const firstMedia = this.#firstMedia.get(slot.run);
    const named = isFirst ? firstMedia !== undefined && firstMedia <= slot.seq : firstMedia === slot.seq;
    const described = (runs.get(slot.run)?.tracks.get(this.name)?.codecString ?? "") !== "";
    return {
      // The first segment's number is the header's, so its own tag would count twice (§4.4.3.3).
      discontinuity: previous !== undefined && previous.run !== slot.run,
      mapUri: named && described ? `init-${slot.run}.mp4` : undefined,
      programDateMs: epochMs + slot.start90k / 90 + slot.clock.offsetMs,
    };
  }

  #listParts(slot: Slot): PlaylistPart[] {
    return this.#partsOf(slot).map(({ durationS, independent }, part) => ({
      uri: partUri(slot.seq, part),
      durationS,
      independent,
    }));
  }

  #lowLatency(isFirst: boolean): LowLatency {
    const { seq, part } = this.hint;
    return {
      partTargetS: this.#source.partTargetS ?? 0,
      open:
        this.#open === undefined
          ? undefined
          : { ...this.#lead(this.#open, isFirst), parts: this.#listParts(this.#open) },
      preloadHintUri: partUri(seq, part),
      reports: [...this.#source.views.values()].flatMap((view) => (view === this ? [] : view.#report())),
    };
  }

  #report(): RenditionReport[] {
    const uri = `../${this.name}/ll.m3u8`;
    const slot = this.#open ?? this.#source.log.get(this.#lastSeq ?? -1);
    if (slot === undefined) return [];
    const count = this.#partsOf(slot).length;
    return [{ uri, lastMsn: slot.seq, lastPart: count === 0 ? undefined : count - 1 }];
  }
}

const partUri = (seq: number, part: number): string => `${seq}.${part}.m4s`;
