import { createRequire } from "node:module";
import { StartupError } from "../startup-error.ts";
import { Deadline, decodes, encodes, type ProbedDecoder } from "./capabilities.ts";
import { HARDWARE_ENCODERS, type VideoEncoder } from "./video-encoder.ts";

/** The ffmpeg that this server runs, and what it was seen to do. */
export interface FfmpegSetup {
  readonly path: string;
  readonly encoder: VideoEncoder;
  /** H.264 is always taken; others as far as they can be transcoded. */
  acceptsCodec(codec: "h264" | ProbedDecoder): boolean;
}

interface Candidate {
  readonly path: string;
  readonly encoders: readonly VideoEncoder[];
  readonly decoders: ReadonlySet<ProbedDecoder>;
}

/**
 * FFMPEG_PATH where it is set; else the bundled ffmpeg; PATH's only where it has something that the
 * bundled one lacks (a hardware encoder that really encodes, a decoder). Throws `StartupError`
 * `ffmpeg_missing` with a line that says what to do.
 */
export async function findFfmpeg(options: {
  readonly ffmpegPath: string | undefined;
  readonly encoder: VideoEncoder | "auto";
  /** For tests; the package's own otherwise. */
  readonly bundledPath?: string | undefined;
  readonly systemPath?: string;
}): Promise<FfmpegSetup> {
  const { ffmpegPath, encoder, systemPath = "ffmpeg" } = options;
  if (ffmpegPath !== undefined) {
    const own = await probe(ffmpegPath, encoder);
    if (own === undefined) {
      throw missing(`FFMPEG_PATH=${ffmpegPath} cannot be run or has no libx264: correct or unset it.`);
    }
    return chosen(own, encoder);
  }
  const bundled = "bundledPath" in options ? options.bundledPath : bundledFfmpeg();
  const [ours, system] = await Promise.all([
    bundled === undefined ? undefined : probe(bundled, encoder),
    probe(systemPath, encoder),
  ]);
  const best =
    ours !== undefined && system !== undefined && offersMore(system, ours) ? system : (ours ?? system);
  if (best === undefined) {
    throw missing(
      "No usable ffmpeg: run `npm ci` again, install ffmpeg (Debian: apt-get install ffmpeg), or set FFMPEG_PATH.",
    );
  }
  return chosen(best, encoder);
}

const missing = (message: string): StartupError => new StartupError("ffmpeg_missing", message);

/** Undefined on a platform that the package does not serve. */
function bundledFfmpeg(): string | undefined {
  try {
    return (createRequire(import.meta.url)("@ffmpeg-installer/ffmpeg") as { path: string }).path;
  } catch {
    return undefined;
  }
}

async function probe(path: string, wanted: VideoEncoder | "auto"): Promise<Candidate | undefined> {
  const deadline = new Deadline();
  if (!(await encodes(path, "x264", deadline))) return undefined;
  const hardware =
    wanted === "auto" ? HARDWARE_ENCODERS : HARDWARE_ENCODERS.filter((name) => name === wanted);
  const encoders: VideoEncoder[] = [];
  for (const name of hardware) {
    if (await encodes(path, name, deadline)) encoders.push(name);
  }
  const decoders = new Set<ProbedDecoder>();
  for (const codec of ["hevc", "av1"] as const) {
    if (await decodes(path, codec, deadline)) decoders.add(codec);
  }
  return { path, encoders: [...encoders, "x264"], decoders };
}

function offersMore(candidate: Candidate, than: Candidate): boolean {
  const hardware = candidate.encoders.length > 1 && than.encoders.length === 1;
  return hardware || [...candidate.decoders].some((codec) => !than.decoders.has(codec));
}

function chosen(candidate: Candidate, wanted: VideoEncoder | "auto"): FfmpegSetup {
  const encoder =
    wanted === "auto" ? candidate.encoders[0] : candidate.encoders.find((name) => name === wanted);
  if (encoder === undefined) {
    throw missing(
      `ENCODER=${wanted} does not encode here (${candidate.path}): use ENCODER=auto, or install its driver.`,
    );
  }
  const { path, decoders } = candidate;
  return { path, encoder, acceptsCodec: (codec) => codec === "h264" || decoders.has(codec) };
}
