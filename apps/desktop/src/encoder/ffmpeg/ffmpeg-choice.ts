import type { ProbedEncoder } from "../../contract/encoder-control.ts";
import type { EncodeSettings } from "../../contract/media-port.ts";
import { encodeArguments, type FfmpegEncoder, hardwareArguments } from "./encoder-arguments.ts";
import { FfmpegProcess } from "./ffmpeg-process.ts";
import { findFfmpegs } from "./find-ffmpeg.ts";

const CANDIDATES: readonly FfmpegEncoder[] = [
  "h264_nvenc",
  "h264_qsv",
  "h264_videotoolbox",
  "h264_vaapi",
  "libx264",
];
/** Sizes, and pictures enough that the start of the program does not count for much. */
const TRIALS = {
  fps360p: { width: 640, height: 360, frames: 90 },
  fps720p: { width: 1280, height: 720, frames: 45 },
  fps1080p: { width: 1920, height: 1080, frames: 30 },
} as const;
type Trial = (typeof TRIALS)[keyof typeof TRIALS];
const TRIAL_FPS = 30;
/** An encoder that takes longer is slower than real time by far, or hangs. */
const TRIAL_MS = 6_000;
/** Slower than this in one size, it is of no use in the next larger one. */
const USABLE_FPS = 40;

/** Which ffmpeg makes what: the first one, but for an encoder that only another was seen to drive. */
export class FfmpegChoice {
  readonly #paths: readonly string[];
  readonly #drives = new Map<FfmpegEncoder, string>();
  #probing: Promise<ProbedEncoder[]> | undefined;

  static async find(env: Readonly<Record<string, string | undefined>>): Promise<FfmpegChoice> {
    return new FfmpegChoice(await findFfmpegs(env));
  }

  /** @param paths best first; with none, every start of an encoder tells of it */
  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  pathFor(encoder: EncodeSettings["encoder"] | "aac"): string {
    const proven = encoder === "aac" || encoder === "webcodecs" ? undefined : this.#drives.get(encoder);
    return proven ?? this.#paths[0] ?? "ffmpeg";
  }

  /**
   * A second or so with each encoder in each size; those that work, quickest at 720p first. Whoever asks meanwhile
   * gets the same answer: two at once would measure each other.
   */
  probe(): Promise<ProbedEncoder[]> {
    this.#probing ??= this.#tryAll().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  async #tryAll(): Promise<ProbedEncoder[]> {
    const found: ProbedEncoder[] = [];
    for (const name of CANDIDATES) {
      for (const path of this.#paths) {
        const speeds = await tryOut(path, name);
        if (speeds === undefined) continue;
        this.#drives.set(name, path);
        found.push({ name, ...speeds });
        break;
      }
    }
    return found.sort((a, b) => b.fps720p - a.fps720p);
  }
}

/** Undefined where it does not encode. */
async function tryOut(
  path: string,
  encoder: FfmpegEncoder,
): Promise<Omit<ProbedEncoder, "name"> | undefined> {
  const fps360p = await trial(path, encoder, TRIALS.fps360p);
  if (fps360p === undefined) return undefined;
  const fps720p = (fps360p < USABLE_FPS ? undefined : await trial(path, encoder, TRIALS.fps720p)) ?? 0;
  if (fps720p < USABLE_FPS) return { fps360p, fps720p };
  const fps1080p = await trial(path, encoder, TRIALS.fps1080p);
  return { fps360p, fps720p, ...(fps1080p === undefined ? {} : { fps1080p }) };
}

/** Pictures a second; undefined where it does not encode, or takes too long over it. */
async function trial(
  path: string,
  encoder: FfmpegEncoder,
  { width, height, frames }: Trial,
): Promise<number | undefined> {
  const settings: EncodeSettings = {
    ...{ id: "probe", width, height, fps: TRIAL_FPS, encoder, effort: "balanced", bFrames: false },
    ...{ bitrateBps: 3_000_000, keyframeIntervalMs: 2_000 },
  };
  let bytes = 0;
  const process = new FfmpegProcess(
    path,
    [
      ...[
        ...hardwareArguments(encoder),
        "-f",
        "lavfi",
        "-i",
        `testsrc2=size=${width}x${height}:rate=${TRIAL_FPS}`,
      ],
      ...["-frames:v", String(frames), "-pix_fmt", "yuv420p", ...encodeArguments(settings, 3_000_000, 0)],
      ...["-f", "h264", "pipe:1"],
    ],
    (data) => {
      bytes += data.byteLength;
    },
  );
  const beganMs = performance.now();
  const late = setTimeout(() => process.kill("SIGKILL"), TRIAL_MS);
  const { code } = await process.exited;
  clearTimeout(late);
  return code === 0 && bytes > 0 ? Math.round((frames * 1000) / (performance.now() - beganMs)) : undefined;
}
