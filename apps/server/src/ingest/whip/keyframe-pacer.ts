/** Keyframes are wanted so far apart, so that an encoder's own can be the stream's segments. */
const PERIOD90K = 180_000;
/** One that was asked for and has not come by then is asked for again. */
const OVERDUE90K = 45_000;
/** A request is never given so long before its frame: the encoder would answer with an earlier one. */
const MAX_LEAD90K = 30_000;
const FIRST_FRAME90K = 3_000;

/**
 * Asks an encoder that makes keyframes on request (every browser) for one at each point of a grid of 2 s,
 * which begins at its first keyframe. What a request takes there and back is learned: a keyframe that
 * comes a frame after its point makes the next request a frame earlier. Pure: time is the frames' own.
 */
export class KeyframePacer {
  #origin90k: number | undefined;
  #last90k = 0;
  #lastKey90k = 0;
  #frame90k = FIRST_FRAME90K;
  /** Besides the one frame from a request to its effect. */
  #lead90k = 0;
  /** The point that was asked for last. */
  #asked90k: number | undefined;
  #askedAt90k = 0;

  constructor(private readonly request: () => void) {}

  /** The next frame in the order of presentation. */
  frame(pts90k: number, keyframe: boolean): void {
    const step90k = pts90k - this.#last90k;
    // A sender that begins anew has a new grid.
    if (this.#origin90k !== undefined && Math.abs(step90k) > 10 * PERIOD90K) this.#origin90k = undefined;
    this.#last90k = pts90k;
    if (keyframe) this.#learn(pts90k);
    if (this.#origin90k === undefined) return;
    if (step90k > 0 && step90k < 20_000) this.#frame90k += (step90k - this.#frame90k) / 8;
    const overdue = pts90k - this.#lastKey90k > PERIOD90K + OVERDUE90K;
    const soon90k = pts90k + this.#frame90k * 1.5 + this.#lead90k;
    const point90k = this.#origin90k + this.#pointsBefore(soon90k) * PERIOD90K;
    const due = point90k > this.#lastKey90k + this.#frame90k / 2 && point90k !== this.#asked90k;
    if (due || (overdue && pts90k - this.#askedAt90k > OVERDUE90K)) {
      this.#asked90k = point90k;
      this.#askedAt90k = pts90k;
      this.request();
    }
  }

  #learn(pts90k: number): void {
    this.#origin90k ??= pts90k;
    this.#lastKey90k = pts90k;
    const asked90k = this.#asked90k;
    if (asked90k === undefined) return;
    // How far it came from its point; keyframes that viewers asked for lie anywhere.
    const late90k = pts90k - asked90k;
    if (Math.abs(late90k) > MAX_LEAD90K || pts90k < this.#askedAt90k) return;
    const frames = Math.round(late90k / this.#frame90k);
    this.#lead90k = Math.min(MAX_LEAD90K, Math.max(0, this.#lead90k + frames * this.#frame90k));
  }

  #pointsBefore(pts90k: number): number {
    return Math.max(0, Math.floor((pts90k - (this.#origin90k ?? pts90k)) / PERIOD90K));
  }
}
