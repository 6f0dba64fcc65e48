import type { LatencyMode } from "@footlight/shared";
import type { EncodedRung } from "./ladder-plan.ts";

export type VideoEncoder = "x264" | "nvenc" | "vaapi" | "qsv" | "videotoolbox";

export const VIDEO_ENCODERS: readonly VideoEncoder[] = ["x264", "nvenc", "vaapi", "qsv", "videotoolbox"];

/** Ffmpeg's name for it. */
export const ENCODER_NAMES: Readonly<Record<VideoEncoder, string>> = {
  x264: "libx264",
  nvenc: "h264_nvenc",
  vaapi: "h264_vaapi",
  qsv: "h264_qsv",
  videotoolbox: "h264_videotoolbox",
};

const VAAPI_DEVICE = "/dev/dri/renderD128";

export interface EncoderSettings {
  readonly encoder: VideoEncoder;
  readonly latencyMode: LatencyMode;
  readonly preset: string;
  readonly threads: number;
}

/** Before the input. */
export function hardwareArguments(encoder: VideoEncoder): readonly string[] {
  return encoder === "vaapi" ? ["-vaapi_device", VAAPI_DEVICE] : [];
}

/** At the end of a rendition's filters. */
export function uploadFilter(encoder: VideoEncoder): readonly string[] {
  return encoder === "vaapi" ? ["format=nv12", "hwupload"] : [];
}

/** Codec and its manner; rate and keyframes are everyone's alike. `index`: 0 is the largest rung. */
export function encoderArguments(settings: EncoderSettings, rung: EncodedRung, index: number): string[] {
  const codec = ["-c:v", ENCODER_NAMES[settings.encoder]];
  const delayed = settings.latencyMode === "standard";
  switch (settings.encoder) {
    case "x264":
      return [...codec, ...x264Arguments(settings, rung, index)];
    case "nvenc":
      return [...codec, "-rc", "cbr", "-forced-idr", "1", ...(delayed ? [] : ["-bf", "0", "-delay", "0"])];
    case "vaapi":
      return [...codec, ...(delayed ? [] : ["-bf", "0"])];
    case "qsv":
      return [...codec, "-look_ahead", "0", "-async_depth", "1", ...(delayed ? [] : ["-bf", "0"])];
    case "videotoolbox":
      return [...codec, "-realtime", "1", ...(delayed ? [] : ["-bf", "0"])];
  }
}

/**
 * Low tiers: no look-ahead and no B-frames, and no frame threads, of which each holds a frame back.
 * A large picture is shared out in slices, which only pay from some size on; a small one is not.
 */
function x264Arguments(settings: EncoderSettings, rung: EncodedRung, index: number): string[] {
  const preset = ["-preset", settings.preset, "-profile:v", "high", "-forced-idr", "1"];
  if (settings.latencyMode === "standard") return [...preset, "-threads", String(settings.threads)];
  const sliced = index === 0 && settings.threads > 1 && rung.width * rung.height >= 640 * 360;
  return [
    ...preset,
    ...["-tune", "zerolatency", "-threads", sliced ? String(Math.min(4, settings.threads)) : "1"],
    ...(sliced ? [] : ["-x264-params", "sliced-threads=0"]),
  ];
}
