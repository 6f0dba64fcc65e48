import { AUDIO_RENDITION, type LatencyMode } from "@footlight/shared";
import { hardwareArguments, uploadFilter, type VideoEncoder } from "../platform/ffmpeg/video-encoder.ts";
import type { Grid } from "../stream/media-sink.ts";
import { encoderArguments } from "./encoder-args.ts";
import { frameTicks } from "./frame-rate.ts";
import type { EncodedRung } from "./ladder-plan.ts";

/** ffmpeg's pipes: media in on 0, words out on 2, progress on 3, renditions from 4 on. */
export const PROGRESS_FD = 3;
export const FIRST_RENDITION_FD = 4;

/**
 * Time on the way in is shifted by this, and back by `-itsoffset`: Matroska has no time before zero,
 * and what stands before a run's first frame (sound, frames that are only decoded) has.
 */
export const LEAD_US = 100_000_000;

export interface FfmpegPlan {
  /** Largest first; each gets a pipe, then the sound. */
  readonly video: readonly EncodedRung[];
  readonly audio: boolean;
  readonly grid: Grid;
  /** Ffmpeg's time 0 on the stream's timeline: the first frame that is given out, on a frame of the grid's. */
  readonly start90k: number;
  /** Of the source. */
  readonly frame90k: number;
  readonly encoder: VideoEncoder;
  readonly latencyMode: LatencyMode;
  readonly preset: string;
  /** Cores that this process may fill. */
  readonly threads: number;
}

/** All arguments of a run's one process: one decode, split, scale, encode; each rendition to its own pipe. */
export function ffmpegArguments(plan: FfmpegPlan): string[] {
  const outputs = plan.video.flatMap((rung, i) => videoOutput(plan, rung, i));
  if (plan.audio) outputs.push(...audioOutput(FIRST_RENDITION_FD + plan.video.length));
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning"],
    ...["-progress", `pipe:${PROGRESS_FD}`, "-vsync", "cfr", "-copyts"],
    ...hardwareArguments(plan.encoder),
    ...inputArguments(plan),
    ...(plan.video.length > 0 ? ["-filter_complex", videoGraph(plan)] : []),
    ...outputs,
  ];
}

/**
 * The header says all, so nothing is probed. Threads that each take a frame of their own would hold
 * frames back: on the low tiers the decoder may only share out slices.
 */
function inputArguments(plan: FfmpegPlan): string[] {
  const decoder =
    plan.latencyMode === "standard"
      ? ["-threads", String(Math.min(2, plan.threads))]
      : ["-threads", String(Math.min(2, plan.threads)), "-thread_type", "slice"];
  return [
    ...["-probesize", "32", "-analyzeduration", "0", ...decoder],
    ...["-itsoffset", String(-LEAD_US / 1_000_000), "-f", "matroska", "-i", "pipe:0"],
  ];
}

/** So much larger, in each direction, a rung must be for a smaller one to be scaled from it. */
const PARENT_RATIO = 1.5;

/**
 * Frames before the run's start are decoded and left out. A rung is scaled from the smallest of the
 * rungs that are a good deal larger, else from the source: scaling costs by the area that is read
 * (measured at 720p30 with four rungs: 5 % of all the CPU).
 */
function videoGraph(plan: FfmpegPlan): string {
  const parents = plan.video.map((rung, i) => parentOf(rung, plan.video.slice(0, i)));
  const late = `select='gte(t,${seconds(-plan.frame90k / 2)})'`;
  const children = (of: number): readonly number[] =>
    parents.flatMap((parent, i) => (parent === of ? [i] : []));
  const fanOut = (labels: readonly string[]): string =>
    (labels.length > 1 ? `,split=${labels.length}` : "") + labels.map((label) => `[${label}]`).join("");

  const source = `[0:v:0]${late},format=yuv420p${fanOut(children(SOURCE).map((i) => `s${i}`))}`;
  const scaled = plan.video.map((rung, i) => {
    const parent = plan.video[parents[i] ?? SOURCE];
    const step = rung.frameStep / (parent?.frameStep ?? 1);
    const choice = step > 1 ? `${everyFrame(rung.frameStep, plan.frame90k)},` : "";
    const labels = [`f${i}`, ...children(i).map((child) => `s${child}`)];
    return `[s${i}]${choice}scale=${rung.width}:${rung.height}:flags=bicubic${fanOut(labels)}`;
  });
  const finished = plan.video.map((_, i) => {
    const upload = uploadFilter(plan.encoder);
    return `[f${i}]${upload.length > 0 ? upload.join(",") : "null"}[v${i}]`;
  });
  return [source, ...scaled, ...finished].join(";");
}

const SOURCE = -1;

/** Index of the rung to scale from; `larger` is sorted, largest first. */
function parentOf(rung: EncodedRung, larger: readonly EncodedRung[]): number {
  return larger.findLastIndex(
    (other) =>
      other.width >= rung.width * PARENT_RATIO &&
      other.height >= rung.height * PARENT_RATIO &&
      rung.frameStep % other.frameStep === 0,
  );
}

/** By time, not by count: a lost frame must not shift the choice off the grid. */
function everyFrame(step: number, frame90k: number): string {
  return `select='not(mod(floor(t*${90_000 / frame90k}+0.5),${step}))'`;
}

function videoOutput(plan: FfmpegPlan, rung: EncodedRung, index: number): string[] {
  const frame90k = frameTicks(rung.frameRate);
  const gopFrames = Math.max(1, Math.round(plan.grid.period90k / frame90k));
  return [
    ...["-map", `[v${index}]`, "-r", `${rung.frameRate.num}/${rung.frameRate.den}`],
    ...encoderArguments(plan, rung),
    ...[
      "-b:v",
      String(rung.bitrateBps),
      "-maxrate",
      String(rung.bitrateBps),
      "-bufsize",
      String(rung.bitrateBps),
    ],
    ...["-g", String(gopFrames), "-keyint_min", String(gopFrames), "-sc_threshold", "0"],
    ...["-force_key_frames", keyframeExpression(plan.grid, plan.start90k, frame90k)],
    ...pipeOutput(),
    // A frame's length in its packet's header, where it fits, spares the wait for the next frame.
    ...["-omit_video_pes_length", "0", `pipe:${FIRST_RENDITION_FD + index}`],
  ];
}

/**
 * Keyframes on the stream's grid, wherever the process starts: in the expression t counts from the
 * encoder's first frame, P is that frame's distance from the grid's origin.
 */
export function keyframeExpression(grid: Grid, start90k: number, frame90k: number): string {
  const ahead = seconds(start90k - grid.origin90k + frame90k / 2);
  const period = seconds(grid.period90k);
  const point = (time: string): string => `floor((${time}+${ahead})/${period})`;
  return `expr:if(isnan(prev_forced_t),1,gt(${point("t")},${point("prev_forced_t")}))`;
}

/**
 * `async` squeezes or stretches what drifts by more than 10 ms and fills or cuts what is off by more
 * than 100 ms, so that sound stays where its timestamps say, for hours.
 */
function audioOutput(fd: number): string[] {
  const { sampleRate, channels, bitrateBps } = AUDIO_RENDITION;
  return [
    ...["-map", "0:a:0", "-af", `aresample=${sampleRate}:async=500:min_comp=0.01`],
    ...["-c:a", "aac", "-b:a", String(bitrateBps), "-ar", String(sampleRate), "-ac", String(channels)],
    // One frame a packet; the muxer would else gather some 200 ms of them.
    ...pipeOutput(),
    ...["-pes_payload_size", "0", `pipe:${fd}`],
  ];
}

/** Absolute time, each packet at once. */
function pipeOutput(): string[] {
  return [
    ...["-f", "mpegts", "-muxdelay", "0", "-muxpreload", "0", "-avoid_negative_ts", "disabled"],
    ...["-flush_packets", "1"],
  ];
}

const seconds = (ticks90k: number): string => (ticks90k / 90_000).toFixed(9);
