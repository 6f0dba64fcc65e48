import type { StreamHealth } from "@footlight/shared";
import { formatBitrate } from "@footlight/ui/format.ts";

export interface Fact {
  name: string;
  value: string;
  note: string;
  good: boolean;
}

/** A viewer's segments are 2 s; a keyframe farther away than that cannot be passed through. */
const LONGEST_GOP_S = 2.1;

const keyframeNote = (gopS: number | null, isLong: boolean): string => {
  if (gopS === null) return "";
  return isLong ? "too long, 2 s is right" : "good";
};

const CODECS: Record<string, string> = {
  avc1: "H.264",
  avc3: "H.264",
  hvc1: "HEVC",
  hev1: "HEVC",
  av01: "AV1",
  vp09: "VP9",
  mp4a: "AAC",
  opus: "Opus",
};

/** `avc1.42c01e` → `H.264`; what is unknown stays as it is. */
export const codecName = (codec: string): string => CODECS[codec.split(".")[0]?.toLowerCase() ?? ""] ?? codec;

/** The figures of a feed with a word to each. */
export const healthFacts = (health: StreamHealth): Fact[] => {
  const gop = health.gopMaxS ?? health.gopS;
  // By WebRTC keyframes come when they are asked for: nothing that a streamer could set.
  const isLong = gop !== null && gop > LONGEST_GOP_S && health.protocol !== "whip";
  const size = health.width && health.height ? `${health.width}×${health.height}` : "–";
  const missing = health.missingFrames;
  return [
    {
      name: "Picture",
      value: size,
      note: health.videoCodec === null ? "no video" : codecName(health.videoCodec),
      good: health.videoCodec !== null,
    },
    {
      name: "Frame rate",
      value: health.fps === null ? "–" : `${Number(health.fps.toFixed(2))} fps`,
      note: "",
      good: true,
    },
    { name: "Video", value: formatBitrate(health.videoBitrateBps), note: "", good: true },
    {
      name: "Sound",
      value: health.audioCodec === null ? "none" : formatBitrate(health.audioBitrateBps),
      note: health.audioCodec === null ? "no track" : codecName(health.audioCodec),
      good: health.audioCodec !== null,
    },
    {
      name: "Keyframes every",
      value: gop === null ? "–" : `${Number(gop.toFixed(1))} s`,
      note: health.protocol === "whip" ? "" : keyframeNote(gop, isLong),
      good: !isLong,
    },
    {
      name: "Missing frames",
      value: String(missing),
      note: missing === 0 ? "none lost" : "",
      good: missing === 0,
    },
    {
      name: "Top quality",
      value: health.passthrough === null ? "–" : health.passthrough ? "untouched" : "re-encoded",
      note: "",
      good: health.passthrough !== false,
    },
  ];
};

export const verdictOf = (health: StreamHealth): { good: boolean; words: string } => {
  const count = health.advice.length;
  if (count === 0) return { good: true, words: "All well" };
  return { good: false, words: count === 1 ? "One thing to mend" : `${count} things to mend` };
};
