import type { Grid } from "../stream/media-sink.ts";
import type { FrameRate, TrackSet } from "../stream/unit.ts";

/** Why a source costs an encoder for its top rung; the dashboard tells the streamer, with the cure. */
export type ReencodeReason =
  /** HEVC, AV1 or VP8. */
  | "codec"
  /** H.264 that browsers do not play: interlaced, 10 bit, 4:2:2. */
  | "profile"
  /** No keyframe within 2.2 s, or none on a regular grid. */
  | "keyframes"
  /** The grid was there, and a keyframe of it was missing on air. */
  | "keyframe_missing"
  /** It follows its line: its size or its rate changes, or may at any time. */
  | "adaptive";

/** What is settled of a source before its run starts. */
export interface RunShape {
  readonly tracks: TrackSet;
  readonly video:
    | {
        readonly width: number;
        readonly height: number;
        /** At which it is encoded. */
        readonly frameRate: FrameRate;
        /** The source's frames come at that rate; else at any. */
        readonly steady: boolean;
        readonly passthrough: boolean;
        readonly reencodeReason: ReencodeReason | undefined;
      }
    | undefined;
  /** `encoded` from the source's, `silent` where sound is announced but has not come. */
  readonly audio: "encoded" | "silent" | "none";
  readonly grid: Grid;
}
