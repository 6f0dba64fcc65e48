import { lowestHighLevel } from "@footlight/protocols/h264/level.ts";
import type { EncodeSettings } from "../../contract/media-port.ts";

export type FfmpegEncoder = Exclude<EncodeSettings["encoder"], "webcodecs">;

const VAAPI_DEVICE = "/dev/dri/renderD128";
const X264_PRESETS = { light: "superfast", balanced: "veryfast", best: "faster" } as const;
const NVENC_PRESETS = { light: "hp", balanced: "llhq", best: "hq" } as const;
/** What frame threads may add to the delay; each but one holds a frame back. */
const THREAD_DELAY_S = 0.05;
const SHARED_PIXELS = 854 * 480;
/**
 * How full the decoder's buffer is thought to be where an encoder with a lower bitrate takes over. x264's own 0.9 lets
 * its first keyframe take half a second, and its first GOP a quarter too much: of a line that is full already.
 */
const TAKE_OVER_FULLNESS = 0.3;

/** Before the input. */
export const hardwareArguments = (encoder: FfmpegEncoder): string[] =>
  encoder === "h264_vaapi" ? ["-vaapi_device", VAAPI_DEVICE] : [];

/**
 * Filters, codec, rate and keyframes. CBR with a buffer of one second. Times of the input count (`-copyts`, nothing
 * made up or left out). Keyframes lie at multiples of the interval after `gridUs`: the expression's t counts from the
 * encoder's first frame, which lies at `firstS` (tried with ffmpeg 4.1 and 5.1).
 */
export function encodeArguments(settings: EncodeSettings, bitrateBps: number, firstS: number): string[] {
  const rate = String(bitrateBps);
  const upload = settings.encoder === "h264_vaapi" ? ["-vf", "format=nv12,hwupload"] : [];
  return [
    ...["-an", "-vsync", "passthrough", "-copyts", ...upload],
    ...["-c:v", settings.encoder, ...codecArguments(settings)],
    ...["-b:v", rate, "-maxrate", rate, "-bufsize", rate],
    ...(bitrateBps < settings.bitrateBps
      ? ["-rc_init_occupancy", String(Math.round(bitrateBps * TAKE_OVER_FULLNESS))]
      : []),
    // Ours come first; the codec's own would only come where one of ours was left out.
    ...["-g", String(Math.ceil((settings.keyframeIntervalMs / 1000) * settings.fps) * 2)],
    ...["-force_key_frames", gridExpression(settings, firstS)],
  ];
}

function gridExpression({ keyframeIntervalMs, fps, gridUs }: EncodeSettings, firstS: number): string {
  const gridS = keyframeIntervalMs / 1000;
  const sinceS = gridUs === undefined ? 0 : firstS - gridUs / 1e6;
  // Half a frame, so that rounding puts none on the wrong side.
  const shift = (((sinceS % gridS) + gridS) % gridS) + 0.5 / fps;
  const cell = (t: string): string => `floor((${t}+${shift.toFixed(6)})/${gridS})`;
  return `expr:if(isnan(prev_forced_t),1,gt(${cell("t")},${cell("prev_forced_t")}))`;
}

function codecArguments(settings: EncodeSettings): string[] {
  const { encoder, bFrames, effort } = settings;
  const noB = bFrames ? [] : ["-bf", "0"];
  switch (encoder) {
    case "libx264":
      return x264Arguments(settings);
    case "h264_nvenc":
      return ["-preset", NVENC_PRESETS[effort], "-rc", "cbr", "-forced-idr", "1", "-delay", "0", ...noB];
    case "h264_qsv":
      return ["-look_ahead", "0", "-async_depth", "1", ...noB];
    case "h264_vaapi":
      return noB;
    case "h264_videotoolbox":
      return ["-realtime", "1", ...noB];
    case "webcodecs":
      throw new RangeError("WebCodecs is not ffmpeg's");
  }
}

function x264Arguments(settings: EncodeSettings): string[] {
  const { width, height, fps, bFrames, effort } = settings;
  // The level is of what was ordered: a later, lower bitrate then has the same parameter sets, and players go on.
  const level = lowestHighLevel({
    width,
    height,
    framesPerS: fps,
    bitrateBps: settings.bitrateBps,
    bufferBits: settings.bitrateBps,
    keptFrames: 4,
  });
  const args = ["-preset", X264_PRESETS[effort], "-profile:v", "high", "-level", (level / 10).toFixed(1)];
  args.push("-sc_threshold", "0", "-forced-idr", "1");
  if (bFrames) return [...args, "-bf", "2", "-x264-params", "rc-lookahead=10:sync-lookahead=0"];
  const affordable = 1 + Math.floor(THREAD_DELAY_S * fps);
  const threads = width * height >= SHARED_PIXELS ? Math.min(4, affordable) : 1;
  args.push("-tune", "zerolatency", "-threads", String(threads));
  return [...args, "-bf", "0", "-x264-params", "sliced-threads=0"];
}
