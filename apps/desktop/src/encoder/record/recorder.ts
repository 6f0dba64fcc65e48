import { extname } from "node:path";
import type { FromEncoder, RecordingOrder } from "../../contract/encoder-control.ts";
import type { PictureUnit, SoundUnit, Unit, UnitSink } from "../units.ts";
import { ChapterSheet } from "./chapter-sheet.ts";
import { DiskWatch } from "./disk-watch.ts";
import { FileWriter } from "./file-writer.ts";
import { Markers } from "./markers.ts";
import { MkvMuxer } from "./mkv-muxer.ts";
import type { MovieMuxer } from "./movie-muxer.ts";
import { Mp4Muxer } from "./mp4-muxer.ts";

/** Sound of before the first picture waits no longer than a GOP of the longest kind. */
const MAX_EARLY_SOUNDS = 3_000;

type RecordingEvent = Omit<Extract<FromEncoder, { kind: "recording" }>, "kind">;
interface Part {
  readonly writer: FileWriter;
  readonly muxer: MovieMuxer;
  readonly config: Buffer;
}
type State =
  /** For a keyframe, at the beginning or after a pause. */
  | { readonly kind: "waiting"; readonly part: Part | undefined }
  | { readonly kind: "recording"; readonly part: Part }
  | { readonly kind: "paused"; readonly part: Part }
  | { readonly kind: "over" };

/**
 * One recording, in one file or, split, in several. Begins, goes on after a pause and splits at keyframes; times go on
 * without the pauses. What is written is whole whenever it ends.
 */
export class Recorder implements UnitSink {
  readonly #order: RecordingOrder;
  readonly #onEvent: (event: RecordingEvent) => void;
  readonly #onDiskLow: (minutesLeft: number) => void;
  readonly #disk: DiskWatch;
  #state: State = { kind: "waiting", part: undefined };
  #split = false;
  #parts = 0;
  /** Taken off media times: the pauses so far. */
  #pausedUs = 0;
  /** Time in the recording at which the running pause began. */
  #pausedAtUs: number | undefined;
  /** Sound of the last pause that comes late stays out. */
  #soundFromUs = 0;
  #newestUs = 0;
  #firstUs: number | undefined;
  /** Presentation of the newest picture. */
  #pictureUs = 0;
  #bytesBefore = 0;
  #leftMs: number | undefined;
  #earlySounds: Unit[] = [];
  /** Sound that is ahead of the picture: it may belong into the next file. */
  #soundsAhead: SoundUnit[] = [];
  /** The file before a split, which waits for the sound up to its end. */
  #ending: { readonly part: Part; readonly untilUs: number; readonly tracks: Set<number> } | undefined;
  readonly #closing: Promise<void>[] = [];
  readonly #markers: Markers;

  constructor(of: {
    readonly order: RecordingOrder;
    readonly onEvent: (event: RecordingEvent) => void;
    /** One is in a file, or in none. */
    readonly onMarker: ConstructorParameters<typeof Markers>[0];
    /** Said once or twice before it is full. */
    readonly onDiskLow: (minutesLeft: number) => void;
  }) {
    this.#order = of.order;
    this.#onEvent = of.onEvent;
    this.#onDiskLow = of.onDiskLow;
    this.#markers = new Markers(of.onMarker);
    const { encode, audioBitrateBps, tracks } = of.order;
    const bytesPerS = (encode.bitrateBps + audioBitrateBps * tracks.length) / 8;
    this.#disk = new DiskWatch(of.order.path, bytesPerS, (reading) => {
      this.#leftMs = reading.kind === "full" ? 0 : reading.leftMs;
      if (reading.kind === "low") this.#onDiskLow(Math.floor(reading.leftMs / 60_000));
      if (reading.kind === "full") this.#end("disk_full");
    });
  }

  get figures(): NonNullable<Extract<FromEncoder, { kind: "figures" }>["recording"]> | null {
    if (this.#state.kind === "over") return null;
    const part = this.#state.part;
    return {
      path: part?.writer.path ?? this.#order.path,
      bytes: this.#bytesBefore + (part?.writer.bytes ?? 0),
      durationMs: this.#firstUs === undefined ? 0 : (this.#newestUs - this.#firstUs) / 1000,
      paused: this.#state.kind === "paused",
      ...(this.#leftMs === undefined ? {} : { leftMs: Math.round(this.#leftMs) }),
    };
  }

  get isOver(): boolean {
    return this.#state.kind === "over";
  }

  push(unit: Unit): void {
    switch (this.#state.kind) {
      case "over":
      case "paused":
        return;
      case "waiting":
        if (unit.kind === "picture" && unit.key) this.#begin(unit, this.#state.part);
        else if (unit.kind === "sound" && this.#earlySounds.length < MAX_EARLY_SOUNDS) {
          this.#earlySounds.push(unit);
        }
        return;
      case "recording": {
        const { part } = this.#state;
        if (unit.kind === "sound") this.#pushSound(part, unit);
        else {
          const next = unit.key && (this.#split || !unit.config.equals(part.config));
          this.#reach(part, unit.ptsUs);
          if (unit.key) this.#finishEnding();
          if (next) this.#begin(unit, undefined, part);
          else this.#write(part, unit);
        }
      }
    }
  }

  pause(paused: boolean): void {
    const state = this.#state;
    if (paused && state.kind === "recording") {
      this.#reach(state.part, Number.POSITIVE_INFINITY);
      this.#finishEnding();
      this.#pausedAtUs = this.#newestUs;
      this.#markers.settle(this.#newestUs);
      this.#enter({ kind: "paused", part: state.part });
      this.#tell("paused", state.part.writer.path);
    } else if (!paused && state.kind === "paused") {
      this.#earlySounds = [];
      this.#enter({ kind: "waiting", part: state.part });
      this.#tell("resumed", state.part.writer.path);
    }
  }

  /** The next keyframe begins another file. */
  split(): void {
    this.#split = true;
  }

  /**
   * A marker, or another name for the one of that id.
   *
   * @param us media time of this moment, of which the pictures come later; in a pause it stands where that began
   */
  mark(id: number, name: string, us: number): void {
    const at = this.#pausedAtUs ?? us - this.#pausedUs;
    this.#markers.set(id, name, at);
    if (this.isOver || this.#pausedAtUs !== undefined) this.#markers.settle(this.#newestUs);
  }

  /** The file's end is written and on the disk. */
  async close(): Promise<void> {
    this.#end(undefined);
    await Promise.all(this.#closing);
  }

  /** @param resumed the file that goes on after a pause @param before the one that ends here */
  #begin(first: PictureUnit, resumed: Part | undefined, before?: Part): void {
    if (this.#pausedAtUs !== undefined) {
      const goesOnUs = this.#pausedAtUs + 1e6 / this.#order.encode.fps;
      this.#pausedUs = Math.max(this.#pausedUs, Math.round(first.dtsUs - goesOnUs));
      this.#pausedAtUs = undefined;
      this.#soundFromUs = first.ptsUs;
    }
    const goesOn = resumed?.config.equals(first.config) === true && !this.#split;
    const old = before ?? (goesOn ? undefined : resumed);
    const part = goesOn ? resumed : this.#open(this.#moved(first) as PictureUnit);
    if (part === undefined) return;
    this.#split = false;
    this.#enter({ kind: "recording", part });
    if (old !== undefined && old === before)
      this.#ending = { part: old, untilUs: first.ptsUs, tracks: new Set(this.#order.tracks) };
    else if (old !== undefined) this.#finish(old, "split");
    this.#write(part, first);
    for (const sound of this.#earlySounds.splice(0)) {
      if (sound.ptsUs >= first.ptsUs) this.#write(part, sound);
    }
  }

  #open(first: PictureUnit): Part | undefined {
    const { path, container, encode, tracks, audioBitrateBps } = this.#order;
    this.#parts += 1;
    const writer = new FileWriter(numbered(path, this.#parts), (cause) => this.#end(cause));
    const { width, height } = encode;
    const shape = { first, width, height, tracks, audioBitrateBps };
    const muxer = container === "mp4" ? new Mp4Muxer(shape) : new MkvMuxer(shape);
    writer.write(muxer.header());
    this.#markers.open(new ChapterSheet(writer, muxer), first.ptsUs);
    if (this.#parts === 1) this.#tell("started", writer.path);
    return { writer, muxer, config: first.config };
  }

  #write({ writer, muxer }: Part, unit: Unit): void {
    if (unit.kind === "sound" && unit.ptsUs < this.#soundFromUs) return;
    const moved = this.#moved(unit);
    this.#firstUs ??= moved.ptsUs;
    this.#newestUs = Math.max(this.#newestUs, moved.kind === "picture" ? moved.dtsUs : moved.ptsUs);
    const pieces = moved.kind === "picture" ? muxer.picture(moved) : muxer.sound(moved);
    for (const piece of pieces) writer.write(piece);
    if (moved.kind === "picture") this.#markers.reach(moved.ptsUs);
  }

  #pushSound(part: Part, sound: SoundUnit): void {
    const ending = this.#ending;
    if (ending !== undefined && sound.ptsUs < ending.untilUs) {
      this.#write(ending.part, sound);
      return;
    }
    this.#soundsAhead.push(sound);
    this.#reach(part, this.#pictureUs);
    ending?.tracks.delete(sound.track);
    if (ending?.tracks.size === 0) this.#finishEnding();
  }

  /** Pictures have come to here: so far the sound belongs to them. */
  #reach(part: Part, us: number): void {
    if (us !== Number.POSITIVE_INFINITY) this.#pictureUs = us;
    const ahead = this.#soundsAhead;
    this.#soundsAhead = [];
    for (const sound of ahead) {
      if (sound.ptsUs < us) this.#write(part, sound);
      else this.#soundsAhead.push(sound);
    }
  }

  /** All sound of the file before has come, or none comes any more. */
  #finishEnding(): void {
    const part = this.#ending?.part;
    this.#ending = undefined;
    if (part !== undefined) this.#finish(part, "split");
  }

  #moved<T extends Unit>(unit: T): T {
    if (this.#pausedUs === 0) return unit;
    const ptsUs = unit.ptsUs - this.#pausedUs;
    return unit.kind === "picture"
      ? { ...unit, ptsUs, dtsUs: unit.dtsUs - this.#pausedUs }
      : { ...unit, ptsUs };
  }

  /** @param cause why it did not end by itself */
  #end(cause: string | undefined): void {
    const state = this.#state;
    if (state.kind === "over") return;
    if (state.part !== undefined) this.#reach(state.part, Number.POSITIVE_INFINITY);
    this.#finishEnding();
    this.#markers.settle(this.#newestUs);
    this.#enter({ kind: "over" });
    this.#disk.close();
    if (state.part !== undefined) this.#finish(state.part, "saved", cause);
    else this.#tell("failed", this.#order.path, cause ?? "nothing_recorded");
  }

  #finish({ writer, muxer }: Part, state: "split" | "saved", cause?: string): void {
    this.#bytesBefore += writer.bytes;
    for (const piece of muxer.end()) writer.write(piece);
    this.#closing.push(
      writer.close().then(() => this.#tell(cause === undefined ? state : "failed", writer.path, cause)),
    );
  }

  #tell(state: RecordingEvent["state"], path: string, cause?: string): void {
    this.#onEvent({ state, path, ...(cause === undefined ? {} : { cause }) });
  }

  #enter(state: State): void {
    this.#state = state;
  }
}

/** `a.mp4`, `a-2.mp4`, … */
function numbered(path: string, part: number): string {
  if (part === 1) return path;
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${part}${extension}`;
}
