import type { StreamClock } from "./capture-clock.ts";
import type { FrameRate } from "./unit.ts";

/**
 * Where a transcoder's renditions go; the packager implements it and `pipeline.ts` joins the two.
 *
 * A run is one unbroken life of a stream's encoders. Between runs players see a discontinuity:
 * the encoder reconnected, ffmpeg was restarted, or the source changed its shape.
 */

/** The stream's one keyframe grid: a keyframe stands at `origin90k + n * period90k` in every video rendition. */
export interface Grid {
  readonly origin90k: number;
  /** May be fractional where no whole number of ticks is a whole number of frames. */
  readonly period90k: number;
}

export interface VideoRendition {
  readonly kind: "video";
  /** `source` or a rung's name. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: FrameRate;
  /** Target (encoded) or measured (passed through) bits a second. */
  readonly bitrateBps: number;
  readonly passthrough: boolean;
  /** RFC 6381, announced before anything was encoded. */
  readonly codecString?: string | undefined;
  /** Nobody has asked for it: it has no units until `wake`. */
  readonly asleep?: boolean;
}

export interface AudioRendition {
  readonly kind: "audio";
  readonly name: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitrateBps: number;
}

export type Rendition = VideoRendition | AudioRendition;

export interface Run {
  readonly grid: Grid;
  /** Best video first, sound last. */
  readonly renditions: readonly Rendition[];
  /**
   * The timeline's wall clock as it is known now; absent: the timeline's own. It moves by some
   * milliseconds a minute where the encoder's clock is off, more when a capture clock shows up late.
   */
  readonly clock?: () => StreamClock;
}

/** One coded access unit of a rendition, on the stream's timeline, in decoding order. */
export interface RenditionUnit {
  readonly dts90k: number;
  readonly pts90k: number;
  /** Frame's length in ticks where it is known (constant rate); else until the next unit. */
  readonly duration90k: number | undefined;
  readonly keyframe: boolean;
  /** H.264: length-prefixed NAL units without parameter sets and delimiters. AAC: a raw frame. */
  readonly data: Uint8Array;
}

export interface MediaSink {
  /** Closes what the last run left open, then expects these renditions. */
  startRun(run: Run): void;
  /** avcC record or AudioSpecificConfig; before a rendition's first unit, and again if it changes. */
  configure(rendition: string, config: Uint8Array): void;
  push(rendition: string, unit: RenditionUnit): void;
  /** Its units come from this grid point on. */
  wake(rendition: string, from90k: number): void;
  /**
   * Nothing comes from this grid point on, until the next `wake`. What ends before it may still be on
   * its way; where the encoder has died, the point is the beginning of what it could not finish.
   */
  sleep(rendition: string, from90k: number): void;
  /** The rendition will get no more units in this run (the watchdog dropped it). */
  endRendition(rendition: string): void;
  /** Every rendition has got its last unit, or never will. */
  endRun(): void;
}
