import { TICKS_PER_SECOND } from "./ticks.ts";

const second = TICKS_PER_SECOND;
/** Further ahead of what arrival explains than this, a timestamp has jumped. */
const FORWARD_JUMP90K = 3 * second;
/** Further back than this, time was restarted; less is an encoder's slip and is evened out by the caller. */
const BACKWARD_JUMP90K = second / 2;

interface TrackTime {
  offset90k: number;
  last90k: number;
  lastStep90k: number;
  lastArrival90k: number;
}

/**
 * Maps one publisher's clock, which starts anywhere, jumps and restarts, to the stream's timeline.
 * Sound and picture share one offset, so their distance stays as the publisher meant it: when one
 * track jumps, the other adopts the new offset with its own first unit from behind the jump.
 */
export class Timeline {
  readonly #tracks = new Map<"video" | "audio", TrackTime>();
  #offset90k: number;
  #jumps = 0;

  /** @param offset90k added to the publisher's ticks until the first jump */
  constructor(offset90k: number) {
    this.#offset90k = offset90k;
  }

  get jumps(): number {
    return this.#jumps;
  }

  /**
   * @param dts90k decode time on the publisher's clock
   * @param arrival90k server's wall clock on the stream's timeline
   * @returns what to add to this unit's dts and pts
   */
  offsetFor(kind: "video" | "audio", dts90k: number, arrival90k: number): number {
    const track = this.#tracks.get(kind);
    if (track === undefined) {
      this.#tracks.set(kind, {
        offset90k: this.#firstOffset(dts90k, arrival90k),
        last90k: 0,
        lastStep90k: 0,
        lastArrival90k: arrival90k,
      });
    } else if (!follows(track, dts90k + track.offset90k, arrival90k)) {
      track.offset90k = follows(track, dts90k + this.#offset90k, arrival90k)
        ? this.#offset90k
        : this.#rebase(track, dts90k, arrival90k);
    }
    const time = this.#tracks.get(kind) as TrackTime;
    const mapped = dts90k + time.offset90k;
    if (track !== undefined && mapped > time.last90k) time.lastStep90k = mapped - time.last90k;
    time.last90k = mapped;
    time.lastArrival90k = arrival90k;
    return time.offset90k;
  }

  /** A late track usually shares the clock; one that is seconds off has a clock of its own. */
  #firstOffset(dts90k: number, arrival90k: number): number {
    const shared = dts90k + this.#offset90k;
    const plausible = Math.abs(shared - arrival90k) < 10 * second;
    return plausible || this.#tracks.size === 0 ? this.#offset90k : arrival90k - dts90k;
  }

  #rebase(track: TrackTime, dts90k: number, arrival90k: number): number {
    const waited90k = arrival90k - track.lastArrival90k;
    const step90k = waited90k < second ? Math.max(track.lastStep90k, 1) : waited90k;
    this.#offset90k = track.last90k + step90k - dts90k;
    this.#jumps += 1;
    return this.#offset90k;
  }
}

function follows(track: TrackTime, mapped90k: number, arrival90k: number): boolean {
  const step90k = mapped90k - track.last90k;
  const waited90k = Math.max(0, arrival90k - track.lastArrival90k);
  return step90k > -BACKWARD_JUMP90K && step90k - waited90k < FORWARD_JUMP90K;
}
