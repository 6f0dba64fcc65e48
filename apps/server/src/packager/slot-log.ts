import type { StreamClock } from "../stream/capture-clock.ts";
import type { Part, PartFacts, SegmentBytes } from "./cutter.ts";

/** What a rendition has in a slot. */
export type SlotEntry =
  | { readonly kind: "gap" }
  /** Not whole yet: its parts so far. */
  | { readonly kind: "open"; readonly parts: Part[] }
  | {
      readonly kind: "media";
      readonly byteLength: number;
      /** Undefined once it has left memory; then the blob store has it, if `stored`. */
      chunks: SegmentBytes["chunks"] | undefined;
      /** Of each chunk; players that are near the edge ask for them. */
      parts: readonly PartFacts[];
      stored: boolean;
    };

export const GAP: SlotEntry = { kind: "gap" };

/** One interval of the stream, in which each rendition has media or a gap. */
export interface Slot {
  readonly seq: number;
  readonly run: number;
  readonly start90k: number;
  /** What the grid says, until the end of a run shortens its last slot. */
  duration90k: number;
  /** What its date-time counts from. */
  readonly clock: StreamClock;
  readonly entries: Map<string, SlotEntry>;
}

/**
 * The stream's slots within the rewind window, oldest first, without holes in their numbers.
 * Bounded: media is in memory for the newest `memorySlots` only, the rest is a few words a slot.
 */
export class SlotLog {
  readonly #slots: Slot[] = [];
  readonly #memorySlots: number;
  #memoryFrom = 0;
  #nextSeq: number;

  constructor(options: { firstSeq: number; memorySlots: number }) {
    this.#nextSeq = options.firstSeq;
    this.#memorySlots = options.memorySlots;
  }

  get nextSeq(): number {
    return this.#nextSeq;
  }

  get length(): number {
    return this.#slots.length;
  }

  get first(): Slot | undefined {
    return this.#slots[0];
  }

  get last(): Slot | undefined {
    return this.#slots.at(-1);
  }

  get(seq: number): Slot | undefined {
    const first = this.#slots[0];
    return first === undefined ? undefined : this.#slots[seq - first.seq];
  }

  append(slot: Omit<Slot, "seq">): Slot {
    const added: Slot = { ...slot, seq: this.#nextSeq };
    this.#nextSeq += 1;
    this.#slots.push(added);
    this.releaseBelow(this.#nextSeq - this.#memorySlots);
    return added;
  }

  range(fromSeq: number, toSeq: number): Slot[] {
    const first = this.#slots[0];
    if (first === undefined) return [];
    return this.#slots.slice(Math.max(0, fromSeq - first.seq), Math.max(0, toSeq - first.seq + 1));
  }

  /** The oldest slot that ends after a time. */
  firstEndingAfter(time90k: number): Slot | undefined {
    let [low, high] = [0, this.#slots.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const slot = this.#slots[middle];
      if (slot !== undefined && slot.start90k + slot.duration90k <= time90k) low = middle + 1;
      else high = middle;
    }
    return this.#slots[low];
  }

  /** Number of the oldest of so many newest slots, or of those within so much time if these are more. */
  windowFrom(slots: number, time90k: number): number {
    const { first, last } = this;
    if (first === undefined || last === undefined) return 0;
    const fewest = Math.max(first.seq, last.seq - slots + 1);
    const oldest = this.firstEndingAfter(last.start90k + last.duration90k - time90k);
    return Math.min(fewest, oldest?.seq ?? fewest);
  }

  /** Takes the media of the slots below `seq` out of memory. */
  releaseBelow(seq: number): void {
    for (let at = Math.max(this.#memoryFrom, this.first?.seq ?? 0); at < seq; at += 1) {
      for (const entry of this.get(at)?.entries.values() ?? []) {
        if (entry.kind !== "media") continue;
        entry.chunks = undefined;
        entry.parts = [];
      }
      this.#memoryFrom = at + 1;
    }
  }

  /** Forgets the slots that ended before a time; what was forgotten, oldest first. */
  forgetBefore(time90k: number): Slot[] {
    const keep = this.#slots.findIndex((slot) => slot.start90k + slot.duration90k > time90k);
    return keep <= 0 ? [] : this.#slots.splice(0, keep);
  }

  memoryBytes(): number {
    let bytes = 0;
    for (const slot of this.range(this.#memoryFrom, this.#nextSeq)) {
      for (const entry of slot.entries.values()) {
        if (entry.kind === "media" && entry.chunks !== undefined) bytes += entry.byteLength;
        else if (entry.kind === "open") for (const part of entry.parts) bytes += part.bytes.byteLength;
      }
    }
    return bytes;
  }
}
