import type { EncodeSettings } from "../../contract/media-port.ts";
import type { StudioSettings } from "../../contract/studio-topics.ts";

type EncoderName = EncodeSettings["encoder"];
/** Hardware first; a software encoder of the machine's ffmpeg only where a person asks for it. */
const PREFERRED: readonly EncoderName[] = ["h264_nvenc", "h264_qsv", "h264_vaapi", "h264_videotoolbox"];

/**
 * How the picture for a stream or a recording is encoded. Equal settings have equal ids, so that what wants the
 * same shares one encode.
 */
export function encodePlan(
  { video }: Pick<StudioSettings, "video">,
  working: readonly { readonly name: EncoderName }[],
  options: {
    readonly bitrateBps?: number;
    readonly latencyMode?: StudioSettings["stream"]["latencyMode"];
  } = {},
): EncodeSettings {
  const works = (name: EncoderName) => working.some((each) => each.name === name);
  const encoder = video.encoder === "auto" ? (PREFERRED.find(works) ?? "webcodecs") : video.encoder;
  // A viewer by WebRTC sees pictures as they come; WebCodecs makes no B-frames anyway.
  const bFrames = video.bFrames && options.latencyMode !== "ultra-low" && encoder !== "webcodecs";
  const { width, height, fps, keyframeIntervalMs, effort } = video;
  const bitrateBps = options.bitrateBps ?? video.bitrateBps;
  const id = [
    `${width}x${height}p${fps}`,
    bitrateBps,
    keyframeIntervalMs,
    encoder,
    effort,
    bFrames ? "b" : "p",
  ];
  return { id: id.join("-"), width, height, fps, bitrateBps, keyframeIntervalMs, encoder, effort, bFrames };
}
