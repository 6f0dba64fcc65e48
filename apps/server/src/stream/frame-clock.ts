import { frameTicks } from "./frame-rate.ts";
import type { FrameRate } from "./unit.ts";

/** Share of the last frames that may lie off the grid before the rate counts as variable. */
const TOLERATED_MISFITS = 0.25;
const WINDOW = 120;
/** Beyond this part of a frame a timestamp does not belong to its frame. */
const MISFIT = 0.35;

/**
 * Puts video of a constant rate onto exact frames: every pts is a whole number of frames from tick
 * 0, so that the milliseconds of RTMP never shift a segment boundary, and all renditions can meet it.
 */
export class FrameClock {
  readonly #frame90k: number;
  readonly #firstPhase90k: number;
  /** Phase of the source's grid against ours, ticks. */
  #phase90k: number;
  #lastFrame = Number.NEGATIVE_INFINITY;
  #misfits = 0;
  #missing = 0;

  /** @param phase90k a decode time of the source, mapped, that is to land on a frame */
  constructor(rate: FrameRate, phase90k: number) {
    this.#frame90k = frameTicks(rate);
    const frame = Math.round(phase90k / this.#frame90k);
    this.#firstPhase90k = phase90k - frame * this.#frame90k;
    this.#phase90k = this.#firstPhase90k;
  }

  /** Frames that should stand between those that came. */
  get missingFrames(): number {
    return this.#missing;
  }

  /** The rate does not hold any more; the caller starts anew. */
  get lost(): boolean {
    return this.#misfits > WINDOW * TOLERATED_MISFITS;
  }

  snap(dts90k: number, pts90k: number): { dts90k: number; pts90k: number } {
    const exact = (dts90k - this.#phase90k) / this.#frame90k;
    const frame = Math.max(Math.round(exact), this.#lastFrame + 1);
    const error = exact - frame;
    const misfit = Math.abs(error) > MISFIT;
    this.#misfits = Math.max(0, this.#misfits * (1 - 1 / WINDOW) + (misfit ? 1 : 0));
    // Averages out the rounding of the first timestamp, but no more: a phase that followed a wrong
    // rate for ever would let the picture run away from the sound.
    const bound = this.#frame90k * 0.2;
    const phase = this.#phase90k + error * this.#frame90k * 0.01;
    this.#phase90k = Math.min(this.#firstPhase90k + bound, Math.max(this.#firstPhase90k - bound, phase));
    if (Number.isFinite(this.#lastFrame)) this.#missing += Math.max(0, frame - this.#lastFrame - 1);
    this.#lastFrame = frame;
    const reorder = Math.max(0, Math.round((pts90k - dts90k) / this.#frame90k));
    return {
      dts90k: Math.round(frame * this.#frame90k),
      pts90k: Math.round((frame + reorder) * this.#frame90k),
    };
  }
}
