import type { AudioRendition, RenditionUnit } from "../stream/media-sink.ts";
import type { Cutter, CutterOutput } from "./cutter.ts";
import type { RunGrid, SlotSpan } from "./run-grid.ts";
import { SegmentBuilder } from "./segment-builder.ts";

/** Sound that may wait for the first picture: about ten seconds of AAC. */
const MAX_WAITING = 512;
const MAX_OPEN_BYTES = 16 * 1024 * 1024;

/**
 * Cuts sound at the frame whose middle is nearest to each grid point, so within half a frame of it.
 * Times count the sound's own samples and run on frame by frame; only where the units' clock is
 * more than half a frame away (frames are missing, or there are too many) does a hole open or a
 * frame fall out, so that sound never drifts from the picture.
 */
export class AudioCutter implements Cutter {
  readonly #grid: RunGrid;
  readonly #output: CutterOutput;
  readonly #epochMs: number;
  readonly #sampleRate: number;
  readonly #alone: boolean;
  readonly #frameSamplesOf: () => number;
  readonly #part90k: number | undefined;
  #waiting: RenditionUnit[] = [];
  #open: { readonly span: SlotSpan; readonly builder: SegmentBuilder; end90k: number } | undefined;
  #nextIndex = Number.NEGATIVE_INFINITY;
  /** Where the next frame is expected, in samples. */
  #expected: number | undefined;
  #sequence = 0;
  dropped = 0;

  /** `alone`: the run has no pictures, so the first sound is the anchor. */
  constructor(options: {
    rendition: AudioRendition;
    /** Samples a frame at the rendition's rate; known once it is configured. */
    frameSamples: () => number;
    grid: RunGrid;
    output: CutterOutput;
    epochMs: number;
    alone: boolean;
    /** Length of a part; undefined where a segment is one chunk. */
    part90k: number | undefined;
  }) {
    this.#part90k = options.part90k;
    this.#grid = options.grid;
    this.#output = options.output;
    this.#epochMs = options.epochMs;
    this.#sampleRate = options.rendition.sampleRate;
    this.#alone = options.alone;
    this.#frameSamplesOf = options.frameSamples;
  }

  get #frameSamples(): number {
    return this.#frameSamplesOf();
  }

  get #frame90k(): number {
    return (this.#frameSamplesOf() * 90_000) / this.#sampleRate;
  }

  push(unit: RenditionUnit): void {
    if (this.#grid.firstIndex === undefined) {
      this.#wait(unit);
      return;
    }
    const time = this.#timeOf(unit);
    if (time === undefined) return;
    const index = this.#placeOf(unit);
    if (index === undefined) {
      this.dropped += 1;
      return;
    }
    this.#expected = time + this.#frameSamples;
    if (this.#open !== undefined && this.#open.span.index !== index) this.#finish();
    this.#open ??= this.#begin(index);
    const open = this.#open;
    open.builder.add({ data: unit.data, decodeTime: time, presentationTime: time, sync: true });
    open.end90k = unit.pts90k + this.#frame90k;
    if (open.builder.heldBytes > MAX_OPEN_BYTES) this.skipTo(index + 1);
    // The next frame's middle lies past the end: this was the last one.
    else if (open.end90k + this.#frame90k / 2 >= open.span.end90k) this.#finish();
    else if (open.builder.waitingSamples >= this.#framesAPart) open.builder.cutChunk(this.#expected);
  }

  /** Parts of sound are whole frames, as many as fit. */
  get #framesAPart(): number {
    if (this.#part90k === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(1, Math.floor(this.#part90k / this.#frame90k + 1e-6));
  }

  anchored(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const unit of waiting) this.push(unit);
  }

  open(): { readonly index: number; readonly end90k: number } | undefined {
    const open = this.#open;
    return open === undefined ? undefined : { index: open.span.index, end90k: open.end90k };
  }

  close(_end90k: number): void {
    this.#finish();
  }

  skipTo(index: number): void {
    if (this.#open !== undefined && this.#open.span.index < index) this.#open = undefined;
    this.#nextIndex = Math.max(this.#nextIndex, index);
  }

  #wait(unit: RenditionUnit): void {
    this.#waiting.push(unit);
    const first = this.#waiting[0] ?? unit;
    // Pictures were promised but do not come: sound goes on alone after three intervals.
    if (this.#alone || unit.pts90k - first.pts90k > 3 * this.#grid.period90k) {
      this.#output.anchor(first.pts90k, this.#frame90k / 2);
    } else if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.dropped += 1;
    }
  }

  /** Samples since tick 0, or undefined for a frame that is one too many. */
  #timeOf(unit: RenditionUnit): number | undefined {
    const claimed = Math.max(0, Math.round((unit.pts90k * this.#sampleRate) / 90_000));
    if (this.#expected === undefined) return claimed;
    const ahead = claimed - this.#expected;
    if (Math.abs(ahead) <= this.#frameSamples / 2) return this.#expected;
    if (ahead > 0) return claimed;
    this.dropped += 1;
    return undefined;
  }

  #placeOf(unit: RenditionUnit): number | undefined {
    const first = this.#grid.firstIndex;
    const middle90k = unit.pts90k + this.#frame90k / 2;
    const index = this.#grid.indexAt(middle90k);
    if (first === undefined || index < first) return undefined;
    if (index >= this.#nextIndex) return index;
    // Closed a moment ago by a clock that shakes: the frame opens the next interval.
    const next = this.#grid.span(this.#nextIndex);
    return middle90k + this.#frame90k >= next.start90k ? next.index : undefined;
  }

  #begin(index: number) {
    const span = this.#grid.span(index);
    const builder = new SegmentBuilder({
      nextSequence: () => ++this.#sequence,
      captureMs: this.#epochMs + span.start90k / 90 + span.clock.offsetMs,
      timescale: this.#sampleRate,
      cut: (part) => this.#output.part(index, part),
    });
    return { span, builder, end90k: span.start90k };
  }

  #finish(): void {
    const open = this.#open;
    if (open === undefined || this.#expected === undefined) return;
    this.#open = undefined;
    this.#nextIndex = open.span.index + 1;
    const last = open.builder.last;
    const end = (last?.decodeTime ?? this.#expected) + this.#frameSamples;
    this.#output.closed(open.span.index, open.builder.finish(end));
  }
}
