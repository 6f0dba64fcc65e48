import type { Rendition, RenditionUnit, Run } from "../stream/media-sink.ts";
import { AudioCutter } from "./audio-cutter.ts";
import type { Cutter, Part, SegmentBytes } from "./cutter.ts";
import { RunGrid, type SlotSpan } from "./run-grid.ts";
import { VideoCutter } from "./video-cutter.ts";

/** A rendition whose media ends this much before the others' does not have the same content. */
const SAME_CONTENT_90K = 22_500;
/** A step of time past this many intervals is a new run, not a row of gaps. */
const MAX_JUMP_SLOTS = 30;
/** Grid points are whole ticks or lie between two; no interval is near so short. */
const ROUNDING_90K = 100;

export interface AssemblerOutput {
  /** The newest part of the interval that comes after those which the rendition has resolved. */
  part(rendition: Rendition, span: SlotSpan, part: Part): void;
  /** Each rendition reports every interval once, in order; `undefined` is a gap. */
  resolved(rendition: Rendition, span: SlotSpan, segment: SegmentBytes | undefined): void;
  /** Time jumped: this run cannot go on. */
  jumped(): void;
}

interface Track {
  readonly rendition: Rendition;
  readonly cutter: Cutter;
  /** Intervals below it are resolved; undefined until the run is anchored. */
  next: number | undefined;
  /** It has given out something, be it a part. */
  begun: boolean;
  ended: boolean;
  /** Intervals in which it is asleep: from the first number on, below the second. */
  idle: { readonly from: number; readonly until: number };
}

const NEVER = { from: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY };
const ALWAYS = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/** Cuts all renditions of one run side by side and sees to it that none holds up the others. */
export class RunAssembler {
  readonly #grid: RunGrid;
  readonly #tracks = new Map<string, Track>();
  readonly #maxLagSlots: number;
  readonly #part90k: number | undefined;
  readonly #output: AssemblerOutput;
  #leader: number | undefined;
  /** Newest interval of which parts were given out: it must be resolved, come what may. */
  #begun: number | undefined;
  /** Set while the run is being finished: the last interval's true end. */
  #lastSpan: SlotSpan | undefined;

  constructor(options: {
    run: Run;
    epochMs: number;
    maxLagSlots: number;
    /** Length of a part; undefined where segments are given out whole. */
    part90k: number | undefined;
    frameSamples: (audio: string) => number;
    output: AssemblerOutput;
  }) {
    const { run, epochMs } = options;
    this.#grid = new RunGrid(run.grid, run.clock);
    this.#maxLagSlots = options.maxLagSlots;
    this.#part90k = options.part90k;
    this.#output = options.output;
    const alone = run.renditions.every((rendition) => rendition.kind === "audio");
    for (const rendition of run.renditions) {
      const output = {
        anchor: (start90k: number, tolerance90k: number) => this.#anchor(start90k, tolerance90k),
        part: (index: number, part: Part) => this.#part(rendition.name, index, part),
        closed: (index: number, segment: SegmentBytes) => this.#closed(rendition.name, index, segment),
      };
      const common = { grid: this.#grid, output, epochMs, part90k: options.part90k };
      const cutter =
        rendition.kind === "video"
          ? new VideoCutter({ ...common, rendition })
          : new AudioCutter({
              ...common,
              rendition,
              alone,
              frameSamples: () => options.frameSamples(rendition.name),
            });
      const asleep = rendition.kind === "video" && rendition.asleep === true;
      this.#tracks.set(rendition.name, {
        rendition,
        cutter,
        next: undefined,
        // Nobody waits for what nobody has asked for.
        begun: asleep,
        ended: false,
        idle: asleep ? ALWAYS : NEVER,
      });
    }
  }

  get droppedUnits(): number {
    let dropped = 0;
    for (const track of this.#tracks.values()) dropped += track.cutter.dropped;
    return dropped;
  }

  has(name: string): boolean {
    return this.#tracks.has(name);
  }

  ended(name: string): boolean {
    return this.#tracks.get(name)?.ended ?? true;
  }

  /** Every rendition has something to list, or never will. */
  get allBegun(): boolean {
    return [...this.#tracks.values()].every((track) => track.ended || track.begun);
  }

  push(name: string, unit: RenditionUnit): void {
    const track = this.#tracks.get(name);
    if (track === undefined || track.ended) return;
    const reached = this.#leader ?? this.#grid.firstIndex;
    if (reached !== undefined && this.#grid.indexAt(unit.pts90k) > reached + MAX_JUMP_SLOTS) {
      this.#output.jumped();
      return;
    }
    track.cutter.push(unit);
  }

  /** Its units come from this grid point on; what lies between it and its last one are gaps. */
  wake(name: string, from90k: number): void {
    const track = this.#tracks.get(name);
    if (track !== undefined) track.idle = { from: track.idle.from, until: this.#indexFrom(from90k) };
  }

  /** Gaps from this grid point on. An open interval that begins there is given up. */
  sleep(name: string, from90k: number): void {
    const track = this.#tracks.get(name);
    if (track === undefined) return;
    const from = this.#indexFrom(from90k);
    // One that has not come to wake up sleeps on.
    const since = from > track.idle.until ? from : track.idle.from;
    track.idle = { from: since, until: Number.POSITIVE_INFINITY };
    const open = track.cutter.open();
    if (open !== undefined && open.index >= from) track.cutter.skipTo(open.index + 1);
    this.#fillIdle(track);
  }

  /** What it had begun is lost; its intervals are gaps from here. */
  endRendition(name: string): void {
    const track = this.#tracks.get(name);
    if (track === undefined || track.ended) return;
    this.#closeIfWhole(track);
    track.ended = true;
    this.#followLeader();
  }

  /**
   * No more units come. The last interval is kept, shortened, where all pictures reach about as
   * far; a rendition that does not has a gap there. `partial: false` keeps whole ones only.
   */
  finish(options: { partial: boolean }): void {
    const tracks = [...this.#tracks.values()].filter((track) => !track.ended);
    const videos = tracks.filter((track) => track.rendition.kind === "video");
    const guides = videos.length > 0 ? videos : tracks;
    const lastIndex = Math.max(
      this.#leader ?? Number.NEGATIVE_INFINITY,
      ...guides.map((track) => track.cutter.open()?.index ?? Number.NEGATIVE_INFINITY),
    );
    for (const track of tracks) {
      const open = track.cutter.open();
      if (open !== undefined && open.index < lastIndex) this.#closeIfWhole(track);
    }
    if (this.#leader === undefined || this.#leader < lastIndex) this.#finishLast(lastIndex, guides, options);
    for (const track of tracks) {
      const open = track.cutter.open();
      if (open === undefined) continue;
      const audioFits = track.rendition.kind === "audio" && open.index === this.#lastSpan?.index;
      if (audioFits) track.cutter.close(open.end90k);
      else this.#closeIfWhole(track);
    }
    for (const track of this.#tracks.values()) track.ended = true;
    if (this.#begun !== undefined) this.#leader = Math.max(this.#leader ?? this.#begun, this.#begun);
    this.#followLeader();
  }

  #finishLast(index: number, guides: readonly Track[], options: { partial: boolean }): void {
    const opens = guides.flatMap((track) => {
      const open = track.cutter.open();
      return open?.index === index ? [{ track, end90k: open.end90k }] : [];
    });
    if (opens.length === 0) return;
    const span = this.#grid.span(index);
    const reach90k = Math.max(...opens.map((open) => open.end90k));
    const whole = reach90k >= span.end90k - SAME_CONTENT_90K / 10;
    if (!whole && !options.partial) return;
    const end90k = whole ? span.end90k : Math.max(span.start90k + 1, Math.round(reach90k));
    this.#lastSpan = { ...span, end90k };
    for (const open of opens) {
      if (open.end90k >= reach90k - SAME_CONTENT_90K) open.track.cutter.close(end90k);
      else open.track.cutter.skipTo(index + 1);
    }
  }

  #closeIfWhole(track: Track): void {
    const open = track.cutter.open();
    if (open === undefined) return;
    const { end90k } = this.#grid.span(open.index);
    if (open.end90k >= end90k - SAME_CONTENT_90K / 10) track.cutter.close(end90k);
    else track.cutter.skipTo(open.index + 1);
  }

  #anchor(start90k: number, tolerance90k: number): void {
    if (this.#grid.firstIndex !== undefined) return;
    this.#grid.anchor(start90k, tolerance90k);
    for (const track of this.#tracks.values()) track.next = this.#grid.firstIndex;
    for (const track of this.#tracks.values()) track.cutter.anchored();
  }

  #part(name: string, index: number, part: Part): void {
    const track = this.#tracks.get(name);
    if (this.#part90k === undefined || track?.next === undefined || index < track.next) return;
    this.#gapsUpTo(track, index);
    this.#begun = Math.max(this.#begun ?? index, index);
    track.begun = true;
    this.#output.part(track.rendition, this.#grid.span(index), part);
    for (const each of this.#tracks.values()) this.#fillIdle(each);
  }

  #closed(name: string, index: number, segment: SegmentBytes): void {
    const track = this.#tracks.get(name);
    if (track === undefined) return;
    if (track.next === undefined || index < track.next) return;
    this.#gapsUpTo(track, index);
    track.begun = true;
    this.#output.resolved(track.rendition, this.#spanOf(index), segment);
    track.next = index + 1;
    this.#leader = Math.max(this.#leader ?? index, index);
    this.#followLeader();
  }

  /** Those that ended are gaps up to the leader; those that lag too far are gaps where they lag. */
  #followLeader(): void {
    const leader = this.#leader;
    if (leader === undefined) return;
    for (const track of this.#tracks.values()) {
      this.#fillIdle(track);
      if (track.ended) this.#gapsUpTo(track, leader + 1);
      else if (leader - (track.next ?? leader) >= this.#maxLagSlots) {
        const from = leader - this.#maxLagSlots + 1;
        track.cutter.skipTo(from);
        this.#gapsUpTo(track, from);
      }
    }
  }

  /** One that is asleep has nothing in the interval that others have begun: its playlist says so at once. */
  #fillIdle(track: Track): void {
    const none = Number.NEGATIVE_INFINITY;
    const reached = Math.max(this.#leader ?? none, this.#begun ?? none);
    const { from, until } = track.idle;
    if (track.next === undefined || track.next < from) return;
    this.#gapsUpTo(track, Math.min(until, reached + 1));
  }

  /** Number of the interval that begins at a grid point, whichever way that is rounded. */
  #indexFrom(point90k: number): number {
    return this.#grid.indexAt(point90k + ROUNDING_90K);
  }

  #gapsUpTo(track: Track, index: number): void {
    while (track.next !== undefined && track.next < index) {
      const at = track.next;
      track.next = at + 1;
      track.begun = true;
      this.#output.resolved(track.rendition, this.#spanOf(at), undefined);
    }
  }

  #spanOf(index: number): SlotSpan {
    return this.#lastSpan?.index === index ? this.#lastSpan : this.#grid.span(index);
  }
}
