import { audioCodecName, fourCcName } from "./codec-names.ts";
import { PacketType, readExPacket } from "./ex-header.ts";

export type AudioTag =
  /** AudioSpecificConfig. */
  | { readonly kind: "config"; readonly config: Uint8Array }
  /** One raw AAC frame. `offsetNs`: to add to the message's time, nanoseconds. */
  | { readonly kind: "frame"; readonly offsetNs: number; readonly data: Uint8Array }
  | { readonly kind: "ignored" }
  | { readonly kind: "unsupported"; readonly name: string };

const IGNORED = { kind: "ignored" } as const;
const SoundFormat = { enhanced: 9, aac: 10 } as const;
const AAC_FOURCC = "mp4a";

/** Adobe FLV §E.4.2.1 and Enhanced RTMP v2 "Enhanced Audio". Throws `FlvError` when truncated. */
export function parseAudioTag(tag: Uint8Array): AudioTag {
  const first = tag[0];
  if (first === undefined) return IGNORED;
  const format = first >> 4;
  if (format === SoundFormat.enhanced) return parseEnhanced(tag);
  if (format !== SoundFormat.aac) return { kind: "unsupported", name: audioCodecName(format) };
  const data = tag.subarray(2);
  if (data.length === 0) return IGNORED;
  if (tag[1] === 0) return { kind: "config", config: data };
  return tag[1] === 1 ? { kind: "frame", offsetNs: 0, data } : IGNORED;
}

function parseEnhanced(tag: Uint8Array): AudioTag {
  const packet = readExPacket(tag, PacketType.multitrackAudio);
  if (packet === undefined) return IGNORED;
  if (packet.fourCc !== AAC_FOURCC) return { kind: "unsupported", name: fourCcName(packet.fourCc) };
  if (packet.body.length === 0) return IGNORED;
  if (packet.packetType === PacketType.sequenceStart) return { kind: "config", config: packet.body };
  if (packet.packetType !== PacketType.codedFrames) return IGNORED;
  return { kind: "frame", offsetNs: packet.offsetNs, data: packet.body };
}
