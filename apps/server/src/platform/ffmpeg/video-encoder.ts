/** The H.264 encoders that this house knows how to drive. */
export type VideoEncoder = "x264" | "nvenc" | "vaapi" | "qsv" | "videotoolbox";

/** Ffmpeg's name for it. */
export const ENCODER_NAMES: Readonly<Record<VideoEncoder, string>> = {
  x264: "libx264",
  nvenc: "h264_nvenc",
  vaapi: "h264_vaapi",
  qsv: "h264_qsv",
  videotoolbox: "h264_videotoolbox",
};

/** In order of preference. */
export const HARDWARE_ENCODERS: readonly VideoEncoder[] = ["nvenc", "qsv", "videotoolbox", "vaapi"];

const VAAPI_DEVICE = "/dev/dri/renderD128";

/** Before the input. */
export function hardwareArguments(encoder: VideoEncoder): readonly string[] {
  return encoder === "vaapi" ? ["-vaapi_device", VAAPI_DEVICE] : [];
}

/** At the end of a rendition's filters. */
export function uploadFilter(encoder: VideoEncoder): readonly string[] {
  return encoder === "vaapi" ? ["format=nv12", "hwupload"] : [];
}
