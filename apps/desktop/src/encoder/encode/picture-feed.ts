import type { EncodeSettings } from "../../contract/media-port.ts";
import type { PictureUnit, Unit, UnitSink } from "../units.ts";
import type { Lease } from "./programme.ts";

/** What the next encode gives while the one before still comes up to the switch; more means that it stands. */
const MAX_HELD = 600;

/** As far as needed here. */
export interface PictureSource {
  openPictures(settings: EncodeSettings, sink: UnitSink): Lease;
  users(id: string): number;
  gridUs(id: string): number | undefined;
  setBitrate(id: string, bitrateBps: number): void;
}

interface Running {
  readonly settings: EncodeSettings;
  readonly end: Lease;
}
interface Coming extends Running {
  /** Media time of the grid's keyframe at which it takes over; known with its first picture. */
  switchUs: number | undefined;
  held: PictureUnit[];
}

/**
 * The pictures of one target, at the bitrate that its line carries. Alone with an encode it turns that down; where
 * others use it, too, the target gets one of its own, and goes back when its line has recovered. From one encode to
 * another it goes at a keyframe of the grid: each picture once, in order.
 */
export class PictureFeed {
  readonly #source: PictureSource;
  readonly #ordered: EncodeSettings;
  readonly #ownId: string;
  readonly #sink: UnitSink;
  readonly #mayEncodeMore: () => boolean;
  #running: Running;
  #coming: Coming | undefined;
  /** The running one has reached the switch: its further pictures are the coming one's to give. */
  #isOver = false;

  constructor(of: {
    readonly source: PictureSource;
    readonly settings: EncodeSettings;
    readonly targetId: string;
    readonly sink: UnitSink;
    /** Whether the machine has room for another encode; without, the line's queue leaves pictures out. */
    readonly mayEncodeMore: () => boolean;
  }) {
    this.#source = of.source;
    this.#ordered = of.settings;
    this.#ownId = `${of.settings.id}~${of.targetId}`.slice(0, 128);
    this.#sink = of.sink;
    this.#mayEncodeMore = of.mayEncodeMore;
    this.#running = this.#open(of.settings);
  }

  setBitrate(bitrateBps: number): void {
    const { id } = (this.#coming ?? this.#running).settings;
    const isShared = id === this.#ordered.id;
    if (!isShared && bitrateBps === this.#ordered.bitrateBps) this.#goTo(this.#ordered);
    else if (!isShared || this.#source.users(id) === 1) this.#source.setBitrate(id, bitrateBps);
    else if (bitrateBps < this.#ordered.bitrateBps && this.#mayEncodeMore()) {
      this.#goTo({ ...this.#ordered, id: this.#ownId, bitrateBps });
    }
  }

  close(): void {
    this.#running.end();
    this.#coming?.end();
    this.#coming = undefined;
  }

  #goTo(settings: EncodeSettings): void {
    // One that has its place already is left where it is; nothing of it has gone out.
    if (this.#isOver) return;
    this.#coming?.end();
    this.#coming = undefined;
    const { id } = this.#running.settings;
    if (id === settings.id) return;
    const gridUs = this.#source.gridUs(id);
    this.#coming = { ...this.#open({ ...settings, gridUs }), switchUs: undefined, held: [] };
  }

  #open(settings: EncodeSettings): Running {
    const push = (unit: Unit): void => {
      if (unit.kind === "picture") this.#onPicture(settings.id, unit);
    };
    return { settings, end: this.#source.openPictures(settings, { push }) };
  }

  #onPicture(id: string, unit: PictureUnit): void {
    const coming = this.#coming;
    if (coming?.settings.id === id) {
      this.#onComing(coming, unit);
      return;
    }
    // Units of one that has been left may still be under way.
    if (id !== this.#running.settings.id) return;
    const { switchUs } = coming ?? {};
    const isOver = this.#isOver || (unit.key && switchUs !== undefined && unit.ptsUs >= switchUs);
    if (coming === undefined || switchUs === undefined || !isOver) this.#sink.push(unit);
    else if (coming.held.length > 0) this.#takeOver(coming);
    else if (unit.key && this.#isOver) {
      // A whole GOP later there is still nothing of it: it stands, and is not waited for.
      coming.end();
      this.#coming = undefined;
      this.#isOver = false;
      this.#sink.push(unit);
    } else this.#isOver = true;
  }

  #onComing(coming: Coming, unit: PictureUnit): void {
    coming.switchUs ??= this.#gridAfter(unit.ptsUs);
    const begins = unit.key && unit.ptsUs >= coming.switchUs;
    if (coming.held.length > 0 ? coming.held.length < MAX_HELD : begins) coming.held.push(unit);
    if (this.#isOver && coming.held.length > 0) this.#takeOver(coming);
  }

  #takeOver(coming: Coming): void {
    this.#running.end();
    this.#running = coming;
    this.#coming = undefined;
    this.#isOver = false;
    for (const unit of coming.held) this.#sink.push(unit);
  }

  /** Half a frame before it, for times are rounded. */
  #gridAfter(us: number): number {
    const intervalUs = this.#ordered.keyframeIntervalMs * 1000;
    const fromUs = (this.#source.gridUs(this.#running.settings.id) ?? 0) - 500_000 / this.#ordered.fps;
    return (Math.floor((us - fromUs) / intervalUs) + 1) * intervalUs + fromUs;
  }
}
