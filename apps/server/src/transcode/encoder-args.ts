import type { LatencyMode } from "@footlight/shared";
import { ENCODER_NAMES, type VideoEncoder } from "../platform/ffmpeg/video-encoder.ts";
import type { EncodedRung } from "./ladder-plan.ts";

export interface EncoderSettings {
  readonly encoder: VideoEncoder;
  readonly latencyMode: LatencyMode;
  readonly preset: string;
  readonly threads: number;
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
