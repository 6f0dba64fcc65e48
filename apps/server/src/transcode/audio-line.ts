import type { RenditionUnit } from "../stream/media-sink.ts";
import { AAC_FRAME90K, SILENT_AAC_FRAME } from "./silence.ts";

/**
 * A run's sound: AAC frames end to end, whatever comes. Gaps are filled with silence, what comes for
 * a time already filled is left out, so a source whose sound stops does not stall its players, and
 * sound that comes back is spliced in at the next frame.
 */
export class AudioLine {
  #next90k: number;
  #started = false;
  silentFrames = 0;

  /** Begins with the frame in which `start90k` falls. */
  constructor(
    private readonly emit: (unit: RenditionUnit) => void,
    start90k: number,
  ) {
    this.#next90k = start90k;
  }

  /** Where the next frame will stand. */
  get end90k(): number {
    return this.#next90k;
  }

  push(pts90k: number, data: Uint8Array): void {
    if (!this.#started) {
      // The encoder's priming stands wholly before the start: nobody hears it.
      if (pts90k + AAC_FRAME90K <= this.#next90k) return;
      if (pts90k < this.#next90k + AAC_FRAME90K) this.#next90k = pts90k;
      this.#started = true;
    }
    // Half a frame either way is the splice's own inexactness; less than a gap, less than a repeat.
    if (pts90k < this.#next90k - AAC_FRAME90K / 2) return;
    while (pts90k - this.#next90k > AAC_FRAME90K / 2) this.#silence();
    this.#emit(data);
  }

  /** Silence up to a time, whole frames only. */
  fillTo(until90k: number): void {
    while (this.#next90k + AAC_FRAME90K <= until90k) this.#silence();
  }

  #silence(): void {
    this.#started = true;
    this.silentFrames += 1;
    this.#emit(SILENT_AAC_FRAME);
  }

  #emit(data: Uint8Array): void {
    const pts90k = Math.round(this.#next90k);
    this.emit({ dts90k: pts90k, pts90k, duration90k: AAC_FRAME90K, keyframe: true, data });
    this.#next90k += AAC_FRAME90K;
  }
}
