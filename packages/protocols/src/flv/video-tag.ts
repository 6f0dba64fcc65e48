import { fourCcName, videoCodecName } from "./codec-names.ts";
import { type ExPacket, PacketType, readExPacket } from "./ex-header.ts";
import { FlvError } from "./flv-error.ts";

export type FlvVideoCodec = "h264" | "hevc" | "av1";

export type VideoTag =
  /** avcC, hvcC or av1C. */
  | { readonly kind: "config"; readonly codec: FlvVideoCodec; readonly config: Uint8Array }
  | {
      readonly kind: "frame";
      readonly codec: FlvVideoCodec;
      /** What the tag claims. */
      readonly keyframe: boolean;
      /** Presentation minus decoding time, milliseconds, may be negative. */
      readonly compositionMs: number;
      /** To add to the message's time, nanoseconds. */
      readonly offsetNs: number;
      readonly data: Uint8Array;
    }
  /** End of sequence, commands, colour metadata, further tracks, empty bodies. */
  | { readonly kind: "ignored" }
  /** `name` is fit for a text to the encoder's user. */
  | { readonly kind: "unsupported"; readonly name: string };

const IGNORED = { kind: "ignored" } as const;
const KEYFRAME = 1;
const COMMAND_FRAME = 5;
const LegacyCodec = { avc: 7, hevc: 12 } as const;
const AvcPacketType = { sequenceHeader: 0, nalus: 1 } as const;

/** Adobe FLV §E.4.3.1 and Enhanced RTMP v2 "Enhanced Video". Throws `FlvError` when truncated. */
export function parseVideoTag(tag: Uint8Array): VideoTag {
  const first = tag[0];
  if (first === undefined) return IGNORED;
  if ((first & 0x80) !== 0) return parseEnhanced(tag, (first >> 4) & 7);
  const frameType = first >> 4;
  if (frameType === COMMAND_FRAME) return IGNORED;
  const id = first & 0x0f;
  // Codec id 12 is not Adobe's, but what many encoders sent for HEVC before Enhanced RTMP.
  if (id !== LegacyCodec.avc && id !== LegacyCodec.hevc) {
    return { kind: "unsupported", name: videoCodecName(id) };
  }
  const codec = id === LegacyCodec.avc ? "h264" : "hevc";
  if (tag.length === 1) return IGNORED;
  if (tag.length < 5) throw new FlvError("truncated video tag");
  const data = tag.subarray(5);
  if (data.length === 0) return IGNORED;
  if (tag[1] === AvcPacketType.sequenceHeader) return { kind: "config", codec, config: data };
  if (tag[1] !== AvcPacketType.nalus) return IGNORED;
  return {
    kind: "frame",
    codec,
    keyframe: frameType === KEYFRAME,
    compositionMs: int24(tag, 2),
    offsetNs: 0,
    data,
  };
}

const FOURCC_CODECS: Readonly<Record<string, FlvVideoCodec>> = { avc1: "h264", hvc1: "hevc", av01: "av1" };

function parseEnhanced(tag: Uint8Array, frameType: number): VideoTag {
  const direct = (tag[0] ?? 0) & 0x0f;
  if (frameType === COMMAND_FRAME && direct !== PacketType.metadata) return IGNORED;
  const packet = readExPacket(tag, PacketType.multitrackVideo);
  if (packet === undefined || packet.packetType === PacketType.metadata) return IGNORED;
  const codec = FOURCC_CODECS[packet.fourCc];
  if (codec === undefined) return { kind: "unsupported", name: fourCcName(packet.fourCc) };
  const { packetType, body, offsetNs } = packet;
  switch (packetType) {
    case PacketType.sequenceStart:
      return body.length === 0 ? IGNORED : { kind: "config", codec, config: body };
    case PacketType.codedFrames:
    case PacketType.codedFramesX: {
      const { compositionMs, data } = splitComposition(packet, codec);
      if (data.length === 0) return IGNORED;
      return { kind: "frame", codec, keyframe: frameType === KEYFRAME, compositionMs, offsetNs, data };
    }
    default:
      return IGNORED;
  }
}

/** H.264 and HEVC CodedFrames carry a composition time; CodedFramesX and AV1 have none. */
function splitComposition(
  packet: ExPacket,
  codec: FlvVideoCodec,
): { compositionMs: number; data: Uint8Array } {
  if (packet.packetType === PacketType.codedFramesX || codec === "av1") {
    return { compositionMs: 0, data: packet.body };
  }
  if (packet.body.length < 3) throw new FlvError("truncated composition time");
  return { compositionMs: int24(packet.body, 0), data: packet.body.subarray(3) };
}

function int24(data: Uint8Array, at: number): number {
  return (((data[at] ?? 0) << 24) | ((data[at + 1] ?? 0) << 16) | ((data[at + 2] ?? 0) << 8)) >> 8;
}
