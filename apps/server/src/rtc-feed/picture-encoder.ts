import { NalType, nalTypeOf, splitAnnexB } from "@footlight/protocols/h264/nal.ts";
import type { ChildExit } from "../platform/child-process.ts";
import type { FrameRate, Unit, VideoTrack } from "../stream/unit.ts";
import { MediaChild } from "./media-child.ts";

/** The shorter side of the picture that is made at most. */
const MAX_SHORT_SIDE = 720;
const GOP_S = 1;
/** Bits a second for each pixel, at 30 frames; 640x360 has 0.9 Mbit/s. More frames get a share less each. */
const BITS_PER_PIXEL_S = 4;
const MAX_BITRATE_BPS = 3_000_000;
const MIN_BITRATE_BPS = 500_000;
/** An encoder that has so many frames in hand, and will not catch up, is given nothing more before the next keyframe. */
const MAX_PENDING = 60;

export interface PictureEncoderOptions {
  readonly ffmpegPath: string;
  readonly track: VideoTrack;
  readonly frameRate: FrameRate | undefined;
  /** First frame to be given out; what comes before it is decoded only. */
  readonly start90k: number;
  /** An access unit with its parameter sets, in order; nothing is shown before what was given out. */
  readonly onFrame: (pts90k: number, nals: readonly Uint8Array[]) => void;
}

/** One spawn that makes H.264 of the Constrained Baseline profile, one frame in, one frame out. Dies once. */
export class PictureEncoder {
  readonly exited: Promise<ChildExit>;
  readonly #child: MediaChild;
  /** Times of the frames that it has not given out yet. */
  #pending90k: number[] = [];
  /** It may take its time to start. */
  #started = false;
  #skipping = false;

  constructor(options: PictureEncoderOptions) {
    const { ffmpegPath, track, frameRate, start90k, onFrame } = options;
    this.#child = new MediaChild({
      path: ffmpegPath,
      track,
      start90k,
      // Threads that each take a frame of their own would hold frames back.
      decoder: ["-threads", "2", "-thread_type", "slice"],
      encoder: encoderArguments(track, frameRate),
      onPacket: ({ pts90k, data }) => {
        this.#started = true;
        this.#pending90k = this.#pending90k.filter((each) => each > pts90k);
        const nals = splitAnnexB(data).filter((nal) => !LEFT_OUT.has(nalTypeOf(nal)));
        if (nals.length > 0) onFrame(pts90k, nals);
      },
    });
    this.exited = this.#child.exited;
  }

  push(unit: Unit): void {
    const late = this.#started && this.#pending90k.length > MAX_PENDING;
    if (this.#child.isBlocked || (late && !unit.keyframe)) this.#skipping = true;
    else if (unit.keyframe) this.#skipping = late;
    if (this.#skipping) return;
    this.#pending90k.push(unit.pts90k);
    this.#child.push(unit);
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}

const LEFT_OUT = new Set<number>([NalType.aud, NalType.sei, NalType.filler]);

function encoderArguments(track: VideoTrack, frameRate: FrameRate | undefined): string[] {
  const { width, height } = encodedSize(track);
  const rate = frameRate ?? { num: 30, den: 1 };
  const pixels = width * height;
  const wished = pixels * BITS_PER_PIXEL_S * Math.max(1, rate.num / rate.den / 45);
  const bitrateBps = Math.round(Math.min(MAX_BITRATE_BPS, Math.max(MIN_BITRATE_BPS, wished)));
  const frame90k = (90_000 * rate.den) / rate.num;
  const graph = `select='gte(t,${(-frame90k / 2 / 90_000).toFixed(6)})',scale=${width}:${height},format=yuv420p`;
  return [
    ...["-map", "0:v:0", "-filter:v", graph, "-vsync", "passthrough", "-enc_time_base", "1:90000"],
    ...["-r", `${rate.num}/${rate.den}`],
    ...["-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-profile:v", "baseline"],
    ...["-threads", "1", "-g", String(Math.max(1, Math.round((rate.num / rate.den) * GOP_S)))],
    // ffmpeg 4 tells x264 the time base as the rate, which would starve each frame of bits.
    ...["-x264-params", `force-cfr=1:fps=${rate.num}/${rate.den}`],
    ...["-sc_threshold", "0", "-b:v", String(bitrateBps), "-maxrate", String(bitrateBps)],
    // Half a second: a keyframe is then sent in about the time of a few frames.
    ...["-bufsize", String(Math.round(bitrateBps / 2))],
  ];
}

/** The source's, within 720p either way round; even, as 4:2:0 wants it. */
export function encodedSize(source: { readonly width: number; readonly height: number }): {
  readonly width: number;
  readonly height: number;
} {
  const factor = Math.min(1, MAX_SHORT_SIDE / Math.min(source.width, source.height));
  const even = (size: number): number => Math.max(2, Math.round((size * factor) / 2) * 2);
  return { width: even(source.width), height: even(source.height) };
}
