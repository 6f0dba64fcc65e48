import { FlvError } from "./flv-error.ts";

/** PacketType of an Enhanced RTMP v2 body, the same numbers for video and audio where both have them. */
export const PacketType = {
  sequenceStart: 0,
  codedFrames: 1,
  sequenceEnd: 2,
  codedFramesX: 3,
  metadata: 4,
  mpeg2TsSequenceStart: 5,
  multitrackAudio: 5,
  multitrackVideo: 6,
  modEx: 7,
} as const;

const MultitrackType = { oneTrack: 0, manyTracks: 1, manyTracksManyCodecs: 2 } as const;

export interface ExPacket {
  readonly packetType: number;
  readonly fourCc: string;
  /** To add to the message's time (ModEx TimestampOffsetNano), below a millisecond. */
  readonly offsetNs: number;
  readonly body: Uint8Array;
}

/**
 * Enhanced RTMP v2 header behind the first byte: ModEx prefixes, multitrack, FourCC. Of a multitrack
 * body the track with id 0 is taken and the others are left; undefined when it is not there. v1 bodies
 * are the plain case. Throws `FlvError` when truncated.
 *
 * @param multitrack PacketType that says multitrack: 6 for video, 5 for audio
 */
export function readExPacket(tag: Uint8Array, multitrack: number): ExPacket | undefined {
  let at = 1;
  const need = (count: number): void => {
    if (at + count > tag.length) throw new FlvError("truncated enhanced header");
  };
  const uint = (count: number): number => {
    need(count);
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + (tag[at++] ?? 0);
    return value;
  };
  const fourCcAt = (): string => {
    need(4);
    at += 4;
    return Buffer.from(tag.subarray(at - 4, at)).toString("latin1");
  };

  let packetType = (tag[0] ?? 0) & 0x0f;
  let offsetNs = 0;
  while (packetType === PacketType.modEx) {
    let size = uint(1) + 1;
    if (size === 256) size = uint(2) + 1;
    need(size);
    const data = tag.subarray(at, at + size);
    at += size;
    const next = uint(1);
    if (next >> 4 === 0 && size >= 3) {
      offsetNs = ((data[0] ?? 0) << 16) | ((data[1] ?? 0) << 8) | (data[2] ?? 0);
    }
    packetType = next & 0x0f;
  }
  if (packetType !== multitrack) {
    const fourCc = fourCcAt();
    return { packetType, fourCc, offsetNs, body: tag.subarray(at) };
  }

  const kinds = uint(1);
  const type = kinds >> 4;
  packetType = kinds & 0x0f;
  let fourCc = type === MultitrackType.manyTracksManyCodecs ? "" : fourCcAt();
  while (at < tag.length) {
    if (type === MultitrackType.manyTracksManyCodecs) fourCc = fourCcAt();
    const trackId = uint(1);
    const size = type === MultitrackType.oneTrack ? tag.length - at : uint(3);
    need(size);
    if (trackId === 0) return { packetType, fourCc, offsetNs, body: tag.subarray(at, at + size) };
    at += size;
  }
  return undefined;
}
