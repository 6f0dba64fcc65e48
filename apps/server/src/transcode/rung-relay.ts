import type { RenditionUnit } from "../stream/media-sink.ts";
import type { ReaderOutput } from "./rendition-reader.ts";

/** One encoder's part of a rung. What it gives out before or after its part is left out. */
export interface Leg extends ReaderOutput {
  /** Nothing more will come of it. Idempotent. */
  finish(): void;
}

/** What a leg holds back while the one before it is under way: a second of a big picture. */
const MAX_HELD_UNITS = 600;
/** Grid points may lie between ticks, and two encoders may round them apart. */
const ROUNDING90K = 2;

/**
 * A rung's successive encoders hand over at grid points, as runners do: whatever the order in which
 * they give out their units, the sink sees one row of them, each frame once and none left out.
 */
export class RungRelay {
  readonly #legs: Runner[] = [];

  constructor(private readonly out: ReaderOutput) {}

  /** A leg from this point on; the one before ends there. */
  open(from90k: number): Leg {
    this.cut(from90k);
    const leg = new Runner(from90k, this.out, () => this.#next());
    this.#legs.push(leg);
    this.#next();
    return leg;
  }

  /** Nothing from this point on, until the next leg is opened. */
  cut(until90k: number): void {
    for (const leg of this.#legs) leg.cut(until90k);
    this.#next();
  }

  /** One after the other has the word, until one is not through. */
  #next(): void {
    for (let leg = this.#legs[0]; leg !== undefined; leg = this.#legs[0]) {
      leg.speak();
      if (!leg.isThrough) return;
      this.#legs.shift();
    }
  }
}

class Runner implements Leg {
  #until90k = Number.POSITIVE_INFINITY;
  #speaks = false;
  #through = false;
  #config: Uint8Array | undefined;
  #held: RenditionUnit[] = [];

  constructor(
    private readonly from90k: number,
    private readonly out: ReaderOutput,
    private readonly ended: () => void,
  ) {}

  get isThrough(): boolean {
    return this.#through;
  }

  /** Never later than it was. */
  cut(until90k: number): void {
    this.#until90k = Math.min(this.#until90k, until90k);
    if (this.#until90k <= this.from90k) this.#through = true;
  }

  speak(): void {
    if (this.#speaks) return;
    this.#speaks = true;
    const held = this.#held.splice(0).filter((unit) => unit.pts90k < this.#until90k - ROUNDING90K);
    const isOfUse = held.length > 0 || !this.#through;
    if (this.#config !== undefined && isOfUse) this.out.configure(this.#config);
    for (const unit of held) this.out.unit(unit);
  }

  configure(config: Uint8Array): void {
    this.#config = config;
    if (this.#speaks && !this.#through) this.out.configure(config);
  }

  unit(unit: RenditionUnit): void {
    if (this.#through || unit.pts90k < this.from90k - ROUNDING90K) return;
    // The keyframe at the end of the part: in decoding order nothing of the part follows it.
    if (unit.pts90k >= this.#until90k - ROUNDING90K) {
      this.finish();
      return;
    }
    if (this.#speaks) this.out.unit(unit);
    else if (this.#held.length < MAX_HELD_UNITS) this.#held.push(unit);
  }

  finish(): void {
    if (this.#through) return;
    this.#through = true;
    this.ended();
  }
}
