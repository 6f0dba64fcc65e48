import { type StreamClock, TIMELINE_CLOCK } from "../stream/capture-clock.ts";
import type { Grid } from "../stream/media-sink.ts";

export interface SlotSpan {
  /** Number of the grid interval; the stream's sequence numbers are counted from the run's first. */
  readonly index: number;
  readonly start90k: number;
  readonly end90k: number;
  /** The timeline's wall clock in it: one in all renditions. */
  readonly clock: StreamClock;
}

/** Clocks that are remembered; nothing older is cut any more. */
const MAX_CLOCKS = 64;

/**
 * The intervals that one run is cut into. It is anchored by the run's first keyframe (or, without
 * pictures, its first sound): the first interval starts there and may be shorter than the others.
 */
export class RunGrid {
  readonly #grid: Grid;
  readonly #clockNow: () => StreamClock;
  readonly #clocks = new Map<number, StreamClock>();
  #first: { readonly index: number; readonly start90k: number } | undefined;

  /** `clockNow`: what an interval's wall clock is, when somebody asks for the interval first. */
  constructor(grid: Grid, clockNow: () => StreamClock = () => TIMELINE_CLOCK) {
    this.#grid = grid;
    this.#clockNow = clockNow;
  }

  get period90k(): number {
    return this.#grid.period90k;
  }

  /** Undefined until anchored. */
  get firstIndex(): number | undefined {
    return this.#first?.index;
  }

  /** `tolerance90k`: a start this near to a grid point is that point. */
  anchor(start90k: number, tolerance90k: number): void {
    if (this.#first !== undefined) return;
    const near = this.#nearest(start90k);
    const onGrid = Math.abs(this.#pointAt(near) - start90k) <= tolerance90k;
    this.#first = onGrid
      ? { index: near, start90k: this.#pointAt(near) }
      : { index: this.#floor(start90k), start90k };
  }

  span(index: number): SlotSpan {
    const start90k = index === this.#first?.index ? this.#first.start90k : this.#pointAt(index);
    return { index, start90k, end90k: this.#pointAt(index + 1), clock: this.#clockOf(index) };
  }

  /** The interval that holds a time. May lie before the first. */
  indexAt(time90k: number): number {
    const index = this.#floor(time90k);
    const first = this.#first;
    return first !== undefined && index === first.index && time90k < first.start90k ? index - 1 : index;
  }

  /** The interval that starts within the tolerance of a time, if one does. */
  startNear(time90k: number, tolerance90k: number): number | undefined {
    const first = this.#first;
    if (first !== undefined && Math.abs(first.start90k - time90k) <= tolerance90k) return first.index;
    const near = this.#nearest(time90k);
    if (first !== undefined && near <= first.index) return undefined;
    return Math.abs(this.#pointAt(near) - time90k) <= tolerance90k ? near : undefined;
  }

  #clockOf(index: number): StreamClock {
    let clock = this.#clocks.get(index);
    if (clock !== undefined) return clock;
    clock = this.#clockNow();
    this.#clocks.set(index, clock);
    for (const oldest of this.#clocks.keys()) {
      if (this.#clocks.size <= MAX_CLOCKS) break;
      this.#clocks.delete(oldest);
    }
    return clock;
  }

  #pointAt(index: number): number {
    return Math.round(this.#grid.origin90k + index * this.#grid.period90k);
  }

  #nearest(time90k: number): number {
    return Math.round((time90k - this.#grid.origin90k) / this.#grid.period90k);
  }

  #floor(time90k: number): number {
    const index = this.#nearest(time90k);
    return this.#pointAt(index) > time90k ? index - 1 : index;
  }
}
