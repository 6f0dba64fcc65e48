/** Keyframes are wanted at points so far apart: no more than that must be decoded to come in anywhere. */
const PERIOD90K = 180_000;
/** An encoder that makes its own in time is left alone: until so long after the last one. */
const OWN_RHYTHM90K = 195_000;
/** One that was asked for and has not come is asked for again. */
const ASK_AGAIN90K = 45_000;
/** Before the point, so that the very next frame can be the keyframe. */
const AHEAD_FRAMES = 1.5;
const FIRST_FRAME90K = 3_000;
/** Times further apart are those of a sender that began anew. */
const JUMP90K = 10 * PERIOD90K;

/**
 * Asks an encoder that makes keyframes only on request (every browser) for one at each point of a grid of
 * 2 s, which begins at its first keyframe. Pure: time is the frames' own.
 */
export class KeyframePacer {
  #origin90k: number | undefined;
  #last90k = 0;
  #lastKey90k = 0;
  #frame90k = FIRST_FRAME90K;
  /** When it was asked for one that has not come. */
  #asked90k: number | undefined;
  #keepsTime = true;

  constructor(private readonly request: () => void) {}

  /** The next frame. */
  frame(pts90k: number, keyframe: boolean): void {
    const step90k = pts90k - this.#last90k;
    this.#last90k = pts90k;
    if (Math.abs(step90k) > JUMP90K) this.#origin90k = undefined;
    else if (step90k > 0 && step90k < PERIOD90K / 8) this.#frame90k += (step90k - this.#frame90k) / 8;
    if (keyframe) this.#came(pts90k);
    else if (this.#origin90k !== undefined && this.#isDue(pts90k, this.#origin90k)) {
      this.#asked90k = pts90k;
      this.request();
    }
  }

  #came(pts90k: number): void {
    if (this.#origin90k !== undefined) this.#keepsTime = this.#asked90k === undefined;
    this.#origin90k ??= pts90k;
    this.#lastKey90k = pts90k;
    this.#asked90k = undefined;
  }

  #isDue(pts90k: number, origin90k: number): boolean {
    if (this.#asked90k !== undefined) return pts90k - this.#asked90k >= ASK_AGAIN90K;
    if (this.#keepsTime) return pts90k - this.#lastKey90k >= OWN_RHYTHM90K;
    const soon90k = pts90k + this.#frame90k * AHEAD_FRAMES;
    const point90k = origin90k + Math.floor((soon90k - origin90k) / PERIOD90K) * PERIOD90K;
    // One that came a little late for its point was for that point.
    return point90k - this.#lastKey90k > ASK_AGAIN90K;
  }
}
