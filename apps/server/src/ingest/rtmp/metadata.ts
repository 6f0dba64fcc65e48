import { reduceFrameRate } from "@footlight/protocols/h264/vui.ts";
import type { AmfObject } from "@footlight/protocols/rtmp/amf-value.ts";
import type { FrameRate } from "../../stream/unit.ts";
import { cleanName } from "../encoder-name.ts";

/** What onMetaData tells of a stream to come. All claims: encoders get any of it wrong. */
export interface Metadata {
  readonly expectsVideo: boolean;
  readonly expectsAudio: boolean;
  readonly encoder: string | undefined;
  readonly frameRate: FrameRate | undefined;
  readonly width: number;
  readonly height: number;
}

const VIDEO_FIELDS = ["videocodecid", "videodatarate", "width", "framerate"];
const AUDIO_FIELDS = ["audiocodecid", "audiodatarate", "audiosamplerate", "audiochannels"];

/** Without metadata, or with metadata that speaks of neither, both are expected. */
export const NO_METADATA: Metadata = {
  expectsVideo: true,
  expectsAudio: true,
  encoder: undefined,
  frameRate: undefined,
  width: 0,
  height: 0,
};

export function readMetadata(info: AmfObject): Metadata {
  const speaksOf = (flag: string, fields: readonly string[]): boolean =>
    typeof info[flag] === "boolean" ? info[flag] : fields.some((field) => Boolean(info[field]));
  const video = speaksOf("hasVideo", VIDEO_FIELDS);
  const audio = speaksOf("hasAudio", AUDIO_FIELDS);
  const number = (name: string): number => (typeof info[name] === "number" ? info[name] : 0);
  return {
    expectsVideo: video || !audio,
    expectsAudio: audio || !video,
    encoder: cleanName(info["encoder"]),
    frameRate: frameRateOf(number("framerate") || number("fps")),
    width: number("width"),
    height: number("height"),
  };
}

/** 29.97 → 30000/1001; other rates to a thousandth. */
export function frameRateOf(rate: number): FrameRate | undefined {
  if (!Number.isFinite(rate)) return undefined;
  const whole = Math.round(rate * 1.001);
  if (Math.abs(rate - (whole * 1000) / 1001) < 0.006 && Math.abs(rate - Math.round(rate)) > 0.001) {
    return reduceFrameRate(whole * 1000, 1001);
  }
  return reduceFrameRate(Math.round(rate * 1000), 1000);
}
