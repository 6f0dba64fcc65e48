import type { LatencyMode } from "@footlight/shared";
import { ENCODER_NAMES, type VideoEncoder } from "../platform/ffmpeg/video-encoder.ts";
import type { EncodedRung } from "./ladder-plan.ts";

export interface EncoderSettings {
  readonly encoder: VideoEncoder;
  readonly latencyMode: LatencyMode;
  readonly preset: string;
  readonly threads: number;
}

/** Codec and its manner; rate and keyframes are everyone's alike. */
export function encoderArguments(settings: EncoderSettings, rung: EncodedRung): string[] {
  const codec = ["-c:v", ENCODER_NAMES[settings.encoder]];
  const delayed = settings.latencyMode === "standard";
  switch (settings.encoder) {
    case "x264":
      return [...codec, ...x264Arguments(settings, rung)];
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

/** What frame threads may add to the delay of a low tier. */
const THREAD_DELAY_S = 0.05;
/** A smaller picture is encoded faster than it is shared out. */
const SHARED_PIXELS = 854 * 480;

/**
 * Standard: B-frames and a short look-ahead (x264's own would take 0.6 s out of the tier's 3 s).
 * Low tiers: neither. Each frame thread but one holds a frame back, so there
 * are as many as 50 ms allow; slices, which hold nothing back, were measured to gain no time at all
 * (720p30, four rungs, two cores: 6.1 s with one thread or two slices, 4.3 s with two frame threads).
 */
function x264Arguments(settings: EncoderSettings, rung: EncodedRung): string[] {
  // Profile and level are what the master announces before anything was encoded; the preset
  // `ultrafast` would be of the Baseline profile without 8x8 transforms.
  const level = (rung.level / 10).toFixed(1);
  const announced = ["-profile:v", "high", "-level", level];
  const preset = ["-preset", settings.preset, ...announced, "-forced-idr", "1"];
  if (settings.latencyMode === "standard") {
    const ahead = "8x8dct=1:rc-lookahead=8:sync-lookahead=0";
    return [...preset, "-bf", "2", "-threads", String(Math.min(3, settings.threads)), "-x264-params", ahead];
  }
  const fps = rung.frameRate.num / rung.frameRate.den;
  const affordable = Math.max(1, Math.min(settings.threads, 1 + Math.floor(THREAD_DELAY_S * fps)));
  const threads = rung.width * rung.height >= SHARED_PIXELS ? affordable : 1;
  return [
    ...preset,
    ...["-tune", "zerolatency", "-threads", String(threads), "-x264-params", "8x8dct=1:sliced-threads=0"],
  ];
}
