import type { ProbedEncoder } from "../../contract/encoder-control.ts";
import type { EncodeSettings } from "../../contract/media-port.ts";
import { TRIAL_RATE, type Trial, tryAllSizes } from "../../model/encoder-trials.ts";
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
/** An encoder that takes longer is slower than real time by far, or hangs. */
const TRIAL_MS = 6_000;

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
        const speeds = await tryAllSizes((size) => trial(path, name, size));
        if (speeds === undefined) continue;
        this.#drives.set(name, path);
        found.push({ name, ...speeds });
        break;
      }
    }
    return found.sort((a, b) => b.fps720p - a.fps720p);
  }
}

/** Pictures a second; undefined where it does not encode, or takes too long over it. */
async function trial(
  path: string,
  encoder: FfmpegEncoder,
  { width, height, frames }: Trial,
): Promise<number | undefined> {
  const settings: EncodeSettings = {
    ...{ id: "probe", width, height, encoder, effort: "balanced", bFrames: false },
    ...{ ...TRIAL_RATE, keyframeIntervalMs: 2_000 },
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
        `testsrc2=size=${width}x${height}:rate=${TRIAL_RATE.fps}`,
      ],
      ...[
        "-frames:v",
        String(frames),
        "-pix_fmt",
        "yuv420p",
        ...encodeArguments(settings, settings.bitrateBps, 0),
      ],
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
