import { OPUS_RATE, opusHead } from "@footlight/protocols/opus/opus.ts";
import type { AudioTrack } from "../stream/unit.ts";

/** Sound as WebRTC carries it (RFC 7587): always of 48 kHz and two channels, whatever is in it. */
export const OPUS_TRACK: AudioTrack = {
  kind: "audio",
  codec: "opus",
  config: opusHead(2),
  sampleRate: OPUS_RATE,
  channels: 2,
  codecString: "opus",
};
