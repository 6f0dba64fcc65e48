import type { RenditionUnit, VideoRendition } from "../stream/media-sink.ts";
import { TICKS_PER_SECOND } from "../stream/ticks.ts";
import type { Cutter, CutterOutput } from "./cutter.ts";
import type { RunGrid, SlotSpan } from "./run-grid.ts";
import { SegmentBuilder } from "./segment-builder.ts";

/** A keyframe this many frames off a grid point still stands for it; half a frame, and a little for rounding. */
const KEYFRAME_REACH = 0.6;
/** A frame that begins within this many frames before an interval's end belongs to the next one. */
const END_REACH = 0.4;
/** Frames' times are rounded to whole ticks: this much of a frame is no frame. */
const ROUNDING_SHARE = 0.1;
/** Below a millisecond a keyframe's distance from its grid point is rounding, not time. */
const SNAP_90K = 90;
/** An open segment past this size is given up, so that a lying clock cannot fill the memory. */
const MAX_OPEN_BYTES = 64 * 1024 * 1024;

/**
 * Cuts at the keyframe that stands at each grid point. Decode times are moved by the constant
 * reorder delay of the run's first keyframe, so that a segment's first decode time is its
 * interval's start, in every rendition alike. The track's edit list takes the same delay off its
 * presentation times again (see fmp4/init-segment.ts), so composition offsets stay positive.
 */
export class VideoCutter implements Cutter {
  readonly #grid: RunGrid;
  readonly #output: CutterOutput;
  readonly #epochMs: number;
  readonly #frame90k: number;
  readonly #part90k: number | undefined;
  #reorder90k: number | undefined;
  #open: { readonly span: SlotSpan; readonly builder: SegmentBuilder; end90k: number } | undefined;
  #nextIndex = Number.NEGATIVE_INFINITY;
  #sequence = 0;
  dropped = 0;

  /** `part90k`: length of a part; undefined where a segment is one chunk. */
  constructor(options: {
    rendition: VideoRendition;
    grid: RunGrid;
    output: CutterOutput;
    epochMs: number;
    part90k: number | undefined;
  }) {
    this.#part90k = options.part90k;
    const { num, den } = options.rendition.frameRate;
    this.#frame90k = num > 0 && den > 0 ? (90_000 * den) / num : 3_000;
    this.#grid = options.grid;
    this.#output = options.output;
    this.#epochMs = options.epochMs;
  }

  push(unit: RenditionUnit): void {
    const frame90k = unit.duration90k ?? this.#frame90k;
    if (this.#reorder90k === undefined) {
      if (!unit.keyframe) {
        this.dropped += 1;
        return;
      }
      this.#reorder90k = unit.pts90k - unit.dts90k;
      this.#output.anchor(unit.pts90k, frame90k * KEYFRAME_REACH);
    }
    const decode90k = unit.dts90k + this.#reorder90k;
    const begins = unit.keyframe ? this.#grid.startNear(unit.pts90k, frame90k * KEYFRAME_REACH) : undefined;
    if (begins !== undefined && begins >= this.#nextIndex && begins !== this.#open?.span.index) {
      this.#finish();
      this.#begin(begins, unit);
    } else if (this.#open !== undefined && decode90k >= this.#open.span.end90k - frame90k * END_REACH) {
      // The grid's keyframe is missing: nothing decodable follows until the next one.
      this.#finish();
      this.dropped += 1;
      return;
    } else if (this.#open !== undefined) {
      if (unit.duration90k === undefined) this.#cutPart(decode90k, frame90k);
      this.#open.builder.add({
        data: unit.data,
        decodeTime: decode90k,
        presentationTime: unit.pts90k + this.#reorder90k,
        sync: unit.keyframe,
      });
    } else {
      this.dropped += 1;
      return;
    }
    this.#added(decode90k, frame90k, unit.duration90k !== undefined);
  }

  anchored(): void {}

  open(): { readonly index: number; readonly end90k: number } | undefined {
    const open = this.#open;
    if (open === undefined) return undefined;
    return { index: open.span.index, end90k: Math.min(open.end90k, open.span.end90k) };
  }

  close(end90k: number): void {
    this.#finish(end90k);
  }

  skipTo(index: number): void {
    if (this.#open !== undefined && this.#open.span.index < index) this.#open = undefined;
    this.#nextIndex = Math.max(this.#nextIndex, index);
  }

  #begin(index: number, unit: RenditionUnit): void {
    const span = this.#grid.span(index);
    const builder = new SegmentBuilder({
      nextSequence: () => ++this.#sequence,
      captureMs: this.#epochMs + span.start90k / 90 + span.clock.offsetMs,
      timescale: TICKS_PER_SECOND,
      cut: (part) => this.#output.part(index, part),
    });
    const rounding = Math.abs(unit.pts90k - span.start90k) <= SNAP_90K;
    builder.add({
      data: unit.data,
      decodeTime: span.start90k,
      presentationTime: (rounding ? span.start90k : unit.pts90k) + (this.#reorder90k ?? 0),
      sync: true,
    });
    this.#open = { span, builder, end90k: span.start90k };
  }

  #added(decode90k: number, frame90k: number, constantRate: boolean): void {
    const open = this.#open;
    if (open === undefined) return;
    open.end90k = Math.max(open.end90k, decode90k + frame90k);
    if (open.builder.heldBytes > MAX_OPEN_BYTES) {
      this.skipTo(open.span.index + 1);
      return;
    }
    // Where frames come at a constant rate the last one is known by its time. Exactly half a frame
    // before the end nobody can say which frame the encoder will make the keyframe: wait for it.
    if (!constantRate) return;
    const left90k = open.span.end90k - decode90k - frame90k;
    if (left90k <= frame90k * END_REACH) this.#finish();
    else if (left90k > frame90k * KEYFRAME_REACH) this.#cutPart(decode90k + frame90k, frame90k);
  }

  /**
   * What waits lasts until `end90k`: a part, unless one more frame fits into it. The segment's last
   * part is cut by its end alone, so that a part that was hinted always comes.
   */
  #cutPart(end90k: number, frame90k: number): void {
    const first = this.#open?.builder.first;
    if (this.#part90k === undefined || first === undefined) return;
    if (end90k + frame90k * (1 - ROUNDING_SHARE) > first.decodeTime + this.#part90k) {
      this.#open?.builder.cutChunk(end90k);
    }
  }

  #finish(end90k?: number): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#nextIndex = open.span.index + 1;
    this.#output.closed(open.span.index, open.builder.finish(end90k ?? open.span.end90k));
  }
}
