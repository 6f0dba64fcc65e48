import type { Ladder, LatencyMode } from "@footlight/shared";
import type { VideoEncoder } from "../platform/ffmpeg/video-encoder.ts";

/** What a transcoder is told once; the same for all runs of a stream. */
export interface TranscodeSettings {
  readonly ffmpegPath: string;
  readonly encoder: VideoEncoder;
  readonly ladder: Ladder;
  /** Grid of re-encoded sources, seconds. */
  readonly gopS: number;
  readonly latencyMode: LatencyMode;
  /** x264's; `veryfast` unless told otherwise. */
  readonly preset?: string;
  /** Cores that one stream may fill; all of them unless told otherwise. */
  readonly threads?: number;
}
