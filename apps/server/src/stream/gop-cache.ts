import type { Unit } from "./unit.ts";

/** A GOP beyond this is not kept: a new consumer then waits for the next keyframe. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_UNITS = 3_000;
/** Sound alone has no GOP; its newest frames serve as one. */
const AUDIO_ONLY_UNITS = 100;

/** The units since the last keyframe, so that a new consumer begins with a picture at once. */
export class GopCache {
  #units: Unit[] = [];
  #bytes = 0;
  #overflowed = false;

  add(unit: Unit, hasVideo: boolean): void {
    if (unit.kind === "video" && unit.keyframe) this.clear();
    if (this.#overflowed) return;
    // Sound from before the first picture is kept as well: it may begin a little earlier.
    this.#units.push(unit);
    this.#bytes += unit.data.length;
    if (!hasVideo && this.#units.length > AUDIO_ONLY_UNITS) {
      const oldest = this.#units.shift();
      this.#bytes -= oldest?.data.length ?? 0;
    }
    if (this.#bytes > MAX_BYTES || this.#units.length > MAX_UNITS) {
      this.clear();
      this.#overflowed = hasVideo;
    }
  }

  clear(): void {
    this.#units = [];
    this.#bytes = 0;
    this.#overflowed = false;
  }

  /** Starts with a keyframe where there is one; empty after an overflow. */
  snapshot(): readonly Unit[] {
    return [...this.#units];
  }
}
