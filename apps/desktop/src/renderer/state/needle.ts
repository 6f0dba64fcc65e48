/** How long the highest peak stays marked. */
const HOLD_MS = 1_500;
/** 20 dB in 0.85 s: what studios call a fast peak meter. */
const FALL_DB_PER_MS = 20 / 850;
const SILENT_DB = -100;

/** A peak meter's inertia: up at once, down at a pace that the eye can follow, and the highest kept for a while. */
export class Needle {
  #peakDb = SILENT_DB;
  #heldDb = SILENT_DB;
  #heldAtMs = 0;
  #movedMs = 0;

  get peakDb(): number {
    return this.#peakDb;
  }

  get heldDb(): number {
    return this.#heldDb;
  }

  move(levelDb: number, nowMs: number): void {
    const fallen = this.#peakDb - (nowMs - this.#movedMs) * FALL_DB_PER_MS;
    this.#peakDb = Math.max(levelDb, fallen, SILENT_DB);
    this.#movedMs = nowMs;
    if (levelDb < this.#heldDb && nowMs - this.#heldAtMs <= HOLD_MS) return;
    this.#heldDb = levelDb;
    this.#heldAtMs = nowMs;
  }
}
