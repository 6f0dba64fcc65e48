import { decodeTimeUs, type PictureUnit, type Unit } from "../units.ts";

/** Pictures that wait longer are too late to be worth the line; within so long there mostly is a keyframe to go on from. */
const MAX_PICTURES_US = 1_800_000;
/** Sound is never left out, so what waits is bounded by what it can amount to. */
const MAX_SOUNDS = 3_000;

/**
 * Units on their way to one server. Over its bound it leaves out pictures to the next keyframe, never sound: the
 * rest of the running GOP where a newer keyframe waits already, else what comes before the next one.
 * Offline it keeps just the newest GOP, so that a new connection begins with a keyframe at once.
 */
export class SendQueue {
  #units: Unit[] = [];
  #bytes = 0;
  /** Pictures are left out until the next keyframe. */
  #skipping = true;
  #offline = true;
  readonly #maxBytes: number;
  readonly #onDropped: (unit: PictureUnit) => void;

  /** @param onDropped each picture that was left out because the line was too slow or not there */
  constructor(maxBytes: number, onDropped: (unit: PictureUnit) => void) {
    this.#maxBytes = maxBytes;
    this.#onDropped = onDropped;
  }

  get length(): number {
    return this.#units.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** From the oldest to the newest unit that waits. */
  get queuedMs(): number {
    const [first, last] = [this.#units[0], this.#units.at(-1)];
    if (first === undefined || last === undefined) return 0;
    return Math.max(0, (decodeTimeUs(last) - decodeTimeUs(first)) / 1000);
  }

  /** The connection is gone: what waits is not sent before the next one. */
  goOffline(): void {
    this.#offline = true;
    this.#keepNewestGop();
  }

  goOnline(): void {
    this.#offline = false;
  }

  /** Nothing of what waits decodes in what comes: another encoder, another epoch. */
  clear(): void {
    this.#remove(() => true);
    this.#skipping = true;
  }

  push(unit: Unit): void {
    if (unit.kind === "picture") {
      if (this.#skipping && !unit.key) {
        this.#onDropped(unit);
        return;
      }
      this.#skipping = false;
    }
    this.#units.push(unit);
    this.#bytes += unit.data.byteLength;
    if (this.#offline) {
      if (unit.kind === "picture" && unit.key) this.#keepNewestGop();
      this.#boundSounds();
    } else if (this.#isOver()) this.#dropToKeyframe();
  }

  shift(): Unit | undefined {
    const unit = this.#units.shift();
    if (unit !== undefined) this.#bytes -= unit.data.byteLength;
    return unit;
  }

  #isOver(): boolean {
    if (this.#bytes > this.#maxBytes) return true;
    const first = this.#units.find((unit) => unit.kind === "picture");
    const last = this.#units.findLast((unit) => unit.kind === "picture");
    if (first === undefined || last === undefined) return false;
    return decodeTimeUs(last) - decodeTimeUs(first) > MAX_PICTURES_US;
  }

  #dropToKeyframe(): void {
    const newest = this.#newestKeyframe();
    if (newest > 0) this.#remove((unit, at) => unit.kind === "picture" && at < newest);
    // One GOP alone is too much for the line. What waits of it still decodes.
    if (this.#isOver()) this.#skipping = true;
  }

  #keepNewestGop(): void {
    const newest = this.#newestKeyframe();
    const from = newest < 0 ? undefined : this.#units[newest];
    const fromUs = from === undefined ? Number.POSITIVE_INFINITY : decodeTimeUs(from);
    // Sound runs a little behind or ahead of pictures in the queue: it goes by time.
    this.#remove((unit, at) => (unit.kind === "picture" ? at < newest : unit.ptsUs < fromUs) || newest < 0);
    if (newest < 0) this.#skipping = true;
  }

  /** Without pictures there is no keyframe to go by: the newest sounds are enough. */
  #boundSounds(): void {
    if (this.#units.length > MAX_SOUNDS && this.#newestKeyframe() < 0) this.#remove((_, at) => at === 0);
  }

  #newestKeyframe(): number {
    return this.#units.findLastIndex((unit) => unit.kind === "picture" && unit.key);
  }

  #remove(goes: (unit: Unit, at: number) => boolean): void {
    const stays: Unit[] = [];
    this.#units.forEach((unit, at) => {
      if (!goes(unit, at)) {
        stays.push(unit);
        return;
      }
      this.#bytes -= unit.data.byteLength;
      if (unit.kind === "picture") this.#onDropped(unit);
    });
    this.#units = stays;
  }
}
