/**
 * Chooses a simulcast layer by what the viewer's receiver reports say of loss, for viewers whom the worker
 * cannot estimate the bandwidth of: mediasoup gives header extensions its own ids, and such a client offered
 * others. Pure; the caller applies what it returns.
 */
export interface LayerPilotOptions {
  /** Spatial layers, at least one. */
  readonly layers: number;
  readonly nowMs: number;
}

/** Of mediasoup's 0 to 10: some per cent of loss, and (nearly) none. */
const POOR = 6;
const GOOD = 9;
/** A score is of the past seconds: the next step down waits for one of the layer that it is on. */
const SETTLE_MS = 3_000;
const CLIMB_MS = 10_000;
const CLIMB_MAX_MS = 160_000;

export class LayerPilot {
  #layer: number;
  #sinceMs: number;
  #goodSinceMs: number | undefined;
  #climbAfterMs = CLIMB_MS;
  #climbed = false;
  readonly #top: number;

  constructor({ layers, nowMs }: LayerPilotOptions) {
    this.#top = layers - 1;
    this.#layer = this.#top;
    this.#sinceMs = nowMs;
  }

  get layer(): number {
    return this.#layer;
  }

  /** Takes a score; the layer to be on where that changes. Called again from time to time it also climbs. */
  score(score: number, nowMs: number): number | undefined {
    if (score < GOOD) this.#goodSinceMs = undefined;
    else this.#goodSinceMs ??= nowMs;
    const settled = nowMs - this.#sinceMs >= SETTLE_MS;
    if (score <= POOR && this.#layer > 0 && settled) {
      // What was too much a moment ago is tried again ever later.
      if (this.#climbed) this.#climbAfterMs = Math.min(this.#climbAfterMs * 2, CLIMB_MAX_MS);
      return this.#move(this.#layer - 1, nowMs, false);
    }
    const goodMs = this.#goodSinceMs === undefined ? 0 : nowMs - Math.max(this.#goodSinceMs, this.#sinceMs);
    if (this.#layer < this.#top && goodMs >= this.#climbAfterMs) {
      return this.#move(this.#layer + 1, nowMs, true);
    }
    if (this.#layer === this.#top && goodMs >= CLIMB_MAX_MS) {
      this.#climbAfterMs = CLIMB_MS;
      this.#climbed = false;
    }
    return undefined;
  }

  #move(layer: number, nowMs: number, climbed: boolean): number {
    this.#layer = layer;
    this.#sinceMs = nowMs;
    this.#goodSinceMs = undefined;
    this.#climbed = climbed;
    return layer;
  }
}
