import { FfmpegJobError, type Job, runJob } from "./one-shot.ts";
import { ENCODER_NAMES, hardwareArguments, uploadFilter, type VideoEncoder } from "./video-encoder.ts";

/** All probes of one ffmpeg together. */
const PROBE_MS = 20_000;

/** One grey frame of 64x64, as HEVC (Annex B) and as AV1 (IVF): what decodes it can decode the codec. */
const SAMPLES = {
  hevc: {
    format: "hevc",
    data: "AAAAAUABDAH//wFgAAADAJAAAAMAAAMAHpWUCQAAAAFCAQEBYAAAAwCQAAADAAADAB6gIIEFllZUpMLwFoCAAAADAIAAAAUEAAAAAUQBwHPAiQAAASgBrEYJvT+uXYA=",
  },
  av1: {
    format: "ivf",
    data: "REtJRgAAIABBVjAxQABAAAoAAAABAAAAAQAAAAAAAAAbAAAAAAAAAAAAAAASAAoKAAAAAq//m18gCDILEADAAAACgAAACaw=",
  },
} as const;

export type ProbedDecoder = keyof typeof SAMPLES;

/** Whether this ffmpeg runs and makes H.264 with an encoder, tried by making some. */
export async function encodes(path: string, encoder: VideoEncoder, deadline: Deadline): Promise<boolean> {
  const upload = uploadFilter(encoder);
  return succeeds({
    path,
    input: { lavfi: "color=gray:size=320x180:rate=10" },
    inputOptions: hardwareArguments(encoder),
    outputOptions: [
      ...["-frames:v", "5", ...(upload.length > 0 ? ["-vf", upload.join(",")] : [])],
      ...["-c:v", ENCODER_NAMES[encoder], "-f", "null"],
    ],
    timeoutMs: deadline.leftMs(),
  });
}

/** Whether this ffmpeg decodes a codec, tried on a frame of it. */
export async function decodes(path: string, codec: ProbedDecoder, deadline: Deadline): Promise<boolean> {
  const { format, data } = SAMPLES[codec];
  return succeeds({
    path,
    input: { bytes: Buffer.from(data, "base64") },
    inputOptions: ["-f", format],
    // Without a frame the filter gives nothing, and `rawvideo` writes nothing.
    outputOptions: ["-frames:v", "1", "-pix_fmt", "gray", "-f", "rawvideo"],
    timeoutMs: deadline.leftMs(),
  });
}

async function succeeds(job: Job): Promise<boolean> {
  try {
    const output = await runJob(job);
    return job.outputOptions.at(-1) === "null" || output.byteLength > 0;
  } catch (error) {
    if (error instanceof FfmpegJobError) return false;
    throw error;
  }
}

/** What is left of a time that several steps share; never less than a second. */
export class Deadline {
  readonly #endMs: number;

  constructor(ms = PROBE_MS) {
    this.#endMs = performance.now() + ms;
  }

  leftMs(): number {
    return Math.max(1_000, this.#endMs - performance.now());
  }
}
