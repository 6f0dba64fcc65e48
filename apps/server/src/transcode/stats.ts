import type { Rendition } from "../stream/media-sink.ts";
import type { ReencodeReason } from "./run-shape.ts";

/** What the dashboard and the metrics see of a stream's transcoder. */
export interface TranscodeStats {
  readonly state: "waiting" | "deciding" | "running" | "backing_off" | "over";
  /** The source's own bits are the top rung. */
  readonly passthrough: boolean;
  /** Why they are not; undefined while they are, or without video. */
  readonly reencodeReason: ReencodeReason | undefined;
  /** Of the present run, or of the last one. */
  readonly renditions: readonly Rendition[];
  /** ffmpeg's own measure: media seconds a second since the run began. */
  readonly speed: number | undefined;
  /** Media time inside ffmpeg. */
  readonly lagMs: number;
  /** Rungs that this machine was too slow for, in the order in which they were given up. */
  readonly rungsDropped: readonly string[];
  /** Rungs that are encoded because somebody watches them, all by one process beside the run's own. */
  readonly awake: readonly string[];
  readonly annexPid: number | undefined;
  /** Runs begun because the one before could not go on. */
  readonly restarts: number;
  /** Units that a blocked ffmpeg could not be given. */
  readonly droppedUnits: number;
  /** ffmpeg cannot run as it is configured; tries go on. */
  readonly failure: "ffmpeg_missing" | "ffmpeg_config" | undefined;
}
