import type { StudioSettings } from "../../contract/studio-topics.ts";

export const ENCODER_NAMES: Record<StudioSettings["video"]["encoder"], string> = {
  auto: "The best that works here",
  webcodecs: "Built in (WebCodecs)",
  libx264: "x264, by the processor",
  h264_nvenc: "NVIDIA (NVENC)",
  h264_qsv: "Intel (Quick Sync)",
  h264_vaapi: "VAAPI",
  h264_videotoolbox: "Apple (VideoToolbox)",
};
