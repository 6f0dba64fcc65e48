import type { RenditionUnit } from "../stream/media-sink.ts";

/**
 * A chunk is `moof` + `mdat` of some whole frames. A segment is byte for byte the concatenation of
 * its chunks; where the stream has parts (RFC 8216bis §4.4.4.9), each chunk is one.
 */
export interface SegmentBytes {
  readonly chunks: readonly Uint8Array[];
  readonly byteLength: number;
  /** Of each chunk. */
  readonly parts: readonly PartFacts[];
}

export interface PartFacts {
  readonly durationS: number;
  /** Holds a keyframe. */
  readonly independent: boolean;
}

export interface Part extends PartFacts {
  readonly bytes: Uint8Array;
}

/** What a cutter needs of its packager. */
export interface CutterOutput {
  /** A part of the open interval `index`, in order; the last one comes just before `closed`. */
  part(index: number, part: Part): void;
  /** Interval `index` of this rendition is whole. Those between the last one and this are gaps. */
  closed(index: number, segment: SegmentBytes): void;
  /** First keyframe or first sound: where the run begins, if nobody has said so before. */
  anchor(start90k: number, tolerance90k: number): void;
}

/** Turns one rendition's units of one run into segments on the run's grid. Never throws on media. */
export interface Cutter {
  push(unit: RenditionUnit): void;
  /** The anchor was set, perhaps by another rendition. */
  anchored(): void;
  /** Where the open interval's media ends, if one is open. */
  open(): { readonly index: number; readonly end90k: number } | undefined;
  /** Closes the open interval with what it has; its media is taken to end at `end90k`. */
  close(end90k: number): void;
  /** Forgets the open interval and takes nothing below `index` any more. */
  skipTo(index: number): void;
  /** Units that had no place: before the grid, without a keyframe, too late. */
  readonly dropped: number;
}
