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
const TRIAL = { width: 1280, height: 720, fps: 30, frames: 45 } as const;
/** An encoder that takes longer is slower than real time by far, or hangs. */
const TRIAL_MS = 6_000;

export interface ProbedEncoder {
  readonly name: FfmpegEncoder;
  /** Frames a second of 1280x720; a trial of a second and a half. */
  readonly fps720p: number;
}

/** Which ffmpeg makes what: the first one, but for an encoder that only another was seen to drive. */
export class FfmpegChoice {
  readonly #paths: readonly string[];
  readonly #drives = new Map<FfmpegEncoder, string>();

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

  /** Encodes a second and a half with each encoder; those that did, quickest first. */
  async probe(): Promise<ProbedEncoder[]> {
    const found: ProbedEncoder[] = [];
    for (const name of CANDIDATES) {
      for (const path of this.#paths) {
        const fps720p = await trial(path, name);
        if (fps720p === undefined) continue;
        this.#drives.set(name, path);
        found.push({ name, fps720p });
        break;
      }
    }
    return found.sort((a, b) => b.fps720p - a.fps720p);
  }
}

/** Frames a second; undefined where it does not encode. */
async function trial(path: string, encoder: FfmpegEncoder): Promise<number | undefined> {
  const { width, height, fps, frames } = TRIAL;
  const settings: EncodeSettings = {
    ...{ id: "probe", width, height, fps, encoder, effort: "balanced", bFrames: false },
    ...{ bitrateBps: 3_000_000, keyframeIntervalMs: 2_000 },
  };
  let bytes = 0;
  const process = new FfmpegProcess(
    path,
    [
      ...[...hardwareArguments(encoder), "-f", "lavfi", "-i", `testsrc2=size=${width}x${height}:rate=${fps}`],
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
