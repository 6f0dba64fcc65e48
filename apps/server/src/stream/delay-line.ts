import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { type HeldUnit, HeldUnits, type Spool } from "./held-units.ts";
import type { PublishRequest } from "./publish.ts";
import type { IncomingUnit, TrackSet } from "./unit.ts";

/** Who feeds a stream, and what: the way into it, be it direct or through a delay. */
export interface StreamFeed {
  /** Server's wall clock of the newest unit that came; 0 before the first. */
  readonly lastMediaMs: number;
  attach(request: PublishRequest | undefined): void;
  detach(): void;
  setTracks(tracks: TrackSet): void;
  push(unit: IncomingUnit, atMs?: number): void;
}

export interface Dropped {
  readonly droppedMs: number;
  readonly droppedUnits: number;
}

type Act = () => void;
interface Held {
  readonly dueMs: number;
  /** Server's wall clock at which it counts as received. */
  readonly atMs: number;
  readonly what: HeldUnit | Act;
}

/** Two minutes at 70 Mbit/s; what comes beyond is left out up to a keyframe. */
const MAX_BYTES = 1024 * 1024 * 1024;
/** Where the disk does not take it. */
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
/** setTimeout's own, and no reason to wake often. */
const MAX_SLEEP_MS = 60_000;

/**
 * Holds a stream's feed back, before anything of the server sees it: what comes in goes on exactly `delayMs`
 * later, as if it had come then, and had been captured then. So all that is behind it, playlists, DASH's clock
 * and players' pilots, is that of a stream without a delay, and the delay is added where delays are told.
 * What is held is nobody's yet: `drop` forgets it.
 */
export class DelayLine implements StreamFeed, Disposable {
  readonly #line: Held[] = [];
  readonly #units: HeldUnits;
  #timer: NodeJS.Timeout | undefined;
  #lastMediaMs = 0;
  /** Of who feeds it now; null for nobody, undefined inside for a stand-in. */
  #feeding: { readonly request: PublishRequest | undefined; tracks: TrackSet | undefined } | null = null;
  #skipping = false;
  #closed = false;

  constructor(
    private readonly target: StreamFeed,
    private readonly deps: {
      readonly delayMs: number;
      /** Names what it spools. */
      readonly name: string;
      readonly spool: Spool | undefined;
      readonly clock: Clock;
      readonly logger: Logger;
    },
  ) {
    this.#units = new HeldUnits({ spool: deps.spool, name: deps.name, loaded: () => this.#release() });
  }

  get lastMediaMs(): number {
    return this.#lastMediaMs;
  }

  get heldBytes(): number {
    return this.#units.bytes;
  }

  attach(request: PublishRequest | undefined): void {
    this.#feeding = { request, tracks: undefined };
    this.#skipping = false;
    this.#hold(() => this.target.attach(request));
  }

  detach(): void {
    this.#feeding = null;
    this.#hold(() => this.target.detach());
  }

  setTracks(tracks: TrackSet): void {
    if (this.#feeding !== null) this.#feeding.tracks = tracks;
    this.#hold(() => this.target.setTracks(tracks));
  }

  push(unit: IncomingUnit): void {
    const { clock, delayMs } = this.deps;
    this.#lastMediaMs = clock.nowMs();
    if (this.#closed || !this.#admits(unit)) return;
    const { captureMs } = unit;
    const later = captureMs === undefined ? unit : { ...unit, captureMs: captureMs + delayMs };
    this.#hold(this.#units.add(later));
  }

  /** Forgets what has not gone on yet. What comes from now on begins anew, with a keyframe, after the delay. */
  drop(): Dropped {
    const units = this.#line.filter(({ what }) => typeof what !== "function");
    const droppedMs = Math.round((units.at(-1)?.dueMs ?? 0) - (units[0]?.dueMs ?? 0));
    this.#line.length = 0;
    this.#units.clear();
    this.#sleep();
    this.target.detach();
    const feeding = this.#feeding;
    if (feeding !== null) {
      this.target.attach(feeding.request);
      if (feeding.tracks !== undefined) this.target.setTracks(feeding.tracks);
      this.#skipping = feeding.tracks?.video !== undefined;
    }
    return { droppedMs, droppedUnits: units.length };
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#line.length = 0;
    this.#units.clear();
  }

  /** Behind a hole nothing can be decoded before the next keyframe, and sound begins with the picture. */
  #admits(unit: IncomingUnit): boolean {
    const isFull = this.#units.bytes > MAX_BYTES || this.#units.memoryBytes > MAX_MEMORY_BYTES;
    if (isFull && !this.#skipping) {
      this.#skipping = true;
      this.deps.logger.warn({ heldBytes: this.#units.bytes }, "the delay holds no more: units are left out");
    }
    if (!this.#skipping) return true;
    const hasPicture = this.#feeding?.tracks?.video !== undefined;
    if (isFull || !unit.keyframe || (hasPicture && unit.kind !== "video")) return false;
    this.#skipping = false;
    return true;
  }

  #hold(what: HeldUnit | Act): void {
    if (this.#closed) return;
    const { clock, delayMs } = this.deps;
    // However late a timer is: what goes on counts as received in the moment when it was due.
    this.#line.push({ dueMs: clock.monotonicMs() + delayMs, atMs: clock.nowMs() + delayMs, what });
    if (this.#line.length === 1) this.#sleep();
  }

  #sleep(): void {
    clearTimeout(this.#timer);
    const first = this.#line[0];
    // What is on its way from the disk calls for itself.
    if (first === undefined || isAway(first)) return;
    const waitMs = Math.max(0, first.dueMs - this.deps.clock.monotonicMs());
    this.#timer = setTimeout(() => this.#release(), Math.min(Math.ceil(waitMs), MAX_SLEEP_MS));
  }

  #release(): void {
    const nowMs = this.deps.clock.monotonicMs();
    let released = 0;
    for (const { dueMs, atMs, what } of this.#line) {
      if (dueMs > nowMs) break;
      if (typeof what === "function") what();
      else if (what.unit === undefined) break;
      else {
        this.#units.shift();
        this.target.push(what.unit, atMs);
      }
      released += 1;
    }
    this.#line.splice(0, released);
    this.#sleep();
  }
}

const isAway = ({ what }: Held): boolean => typeof what !== "function" && what.unit === undefined;
