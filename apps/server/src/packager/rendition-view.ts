import { writeMediaPlaylist } from "../protocols/m3u8/media-playlist.ts";
import { PlaylistBody } from "./playlist-body.ts";
import type { RunInfo } from "./runs.ts";
import type { Slot, SlotLog } from "./slot-log.ts";
import { Waiters } from "./waiters.ts";

/** What a view reads of its stream. */
export interface ViewSource {
  readonly log: SlotLog;
  readonly runs: ReadonlyMap<number, RunInfo>;
  readonly epochMs: number;
  readonly targetDurationS: number;
  readonly ended: boolean;
}

/** Below half a target duration a segment says nothing of a bitrate (RFC 8216bis §4.1). */
const MIN_RATED_TARGETS = 0.5;

/** One rendition's media playlist: a view of the slots, serialised once a version. */
export class RenditionView {
  readonly name: string;
  readonly kind: "video" | "audio";
  readonly waiters = new Waiters();
  readonly #source: ViewSource;
  #listedSlots: number;
  #lastSeq: number | undefined;
  #body: PlaylistBody | undefined;
  #peakBps = 0;

  /** `listedSlots`: the newest ones that the playlist lists. */
  constructor(options: { name: string; kind: "video" | "audio"; source: ViewSource; listedSlots: number }) {
    this.name = options.name;
    this.kind = options.kind;
    this.#source = options.source;
    this.#listedSlots = options.listedSlots;
  }

  /** Number of the newest segment (or gap) that it lists. */
  get lastSeq(): number | undefined {
    return this.#lastSeq;
  }

  /** Highest bitrate of a segment so far, bits a second; 0 before the first. */
  get peakBps(): number {
    return this.#peakBps;
  }

  /** The slot is resolved for this rendition: list it and wake those who wait for it. */
  advance(slot: Slot): void {
    this.#lastSeq = slot.seq;
    this.#body = undefined;
    const entry = slot.entries.get(this.name);
    const rated = slot.duration90k >= MIN_RATED_TARGETS * this.#source.targetDurationS * 90_000;
    if (entry?.kind === "media" && rated) {
      this.#peakBps = Math.max(this.#peakBps, (entry.byteLength * 8 * 90_000) / slot.duration90k);
    }
    this.waiters.reach(slot.seq);
  }

  /** The playlist changes without a new segment (the stream ended): everybody gets it. */
  refresh(): void {
    this.#body = undefined;
    this.waiters.release();
  }

  /** Undefined before the first segment. */
  body(): PlaylistBody | undefined {
    if (this.#lastSeq === undefined) return undefined;
    this.#body ??= new PlaylistBody(this.#write(this.#lastSeq));
    return this.#body;
  }

  listed(): Slot[] {
    const last = this.#lastSeq;
    return last === undefined ? [] : this.#source.log.range(last - this.#listedSlots + 1, last);
  }

  /** Over the listed segments, bits a second; 0 when there are none. */
  averageBps(): number {
    let bytes = 0;
    let ticks = 0;
    for (const slot of this.listed()) {
      const entry = slot.entries.get(this.name);
      if (entry?.kind !== "media") continue;
      bytes += entry.byteLength;
      ticks += slot.duration90k;
    }
    return ticks === 0 ? 0 : (bytes * 8 * 90_000) / ticks;
  }

  #write(_lastSeq: number): string {
    const { runs, epochMs, targetDurationS, ended } = this.#source;
    const slots = this.listed();
    return writeMediaPlaylist({
      targetDurationS,
      mediaSequence: slots[0]?.seq ?? 0,
      ended,
      segments: slots.map((slot) => ({
        uri: `${slot.seq}.m4s`,
        durationS: slot.duration90k / 90_000,
        programDateMs: epochMs + slot.start90k / 90,
        mapUri:
          (runs.get(slot.run)?.tracks.get(this.name)?.codecString ?? "") === ""
            ? undefined
            : `init-${slot.run}.mp4`,
        discontinuity: slot.run,
        gap: slot.entries.get(this.name)?.kind !== "media",
      })),
    });
  }
}
