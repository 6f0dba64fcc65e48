import type { Unit } from "../stream/unit.ts";

const MAX_BYTES = 48 * 1024 * 1024;
const MAX_UNITS = 4_000;

/**
 * The newest GOP as far as it has come, so that a new ffmpeg goes on at once. Holds what the hub's own
 * cache holds (references, not copies).
 */
export class RecentUnits {
  #units: Unit[] = [];
  #bytes = 0;

  get units(): readonly Unit[] {
    return this.#units;
  }

  add(unit: Unit, hasVideo: boolean): void {
    if (unit.kind === "video" && unit.keyframe) this.clear();
    // Sound alone can begin anywhere.
    if (!hasVideo && this.#units.length >= 100) this.clear();
    this.#units.push(unit);
    this.#bytes += unit.data.length;
    // A GOP cut short at its head cannot be decoded: wait for the next one.
    if (this.#bytes > MAX_BYTES || this.#units.length > MAX_UNITS) this.clear();
  }

  clear(): void {
    this.#units = [];
    this.#bytes = 0;
  }
}
