import { element, encodeId, encodeSize, float, text, UNKNOWN_SIZE, uint } from "./ebml.ts";

/**
 * Matroska (RFC 9559) for a live pipe into ffmpeg. Chosen over MPEG-TS and FLV because one small
 * writer carries H.264, HEVC, AV1, VP8, AAC and Opus with their configuration records in the header, so that
 * nothing is probed; because its blocks are whole frames, so that ffmpeg's demuxer never waits for
 * the next one; and because its time is 64 bits wide. Each frame is a cluster of its own: a
 * block's time relative to its cluster has 16 bits only, which at a microsecond a tick is 32 ms.
 */
export type MatroskaCodec = MatroskaVideo["codec"] | MatroskaAudio["codec"];

export interface MatroskaVideo {
  readonly codec: "h264" | "hevc" | "av1" | "vp8";
  /** Empty where the codec has none. */
  readonly config: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface MatroskaAudio {
  readonly codec: "aac" | "opus";
  readonly config: Uint8Array;
  readonly sampleRate: number;
  readonly channels: number;
}

export const VIDEO_TRACK = 1;
export const AUDIO_TRACK = 2;

const CODEC_IDS: Record<MatroskaCodec, string> = {
  h264: "V_MPEG4/ISO/AVC",
  hevc: "V_MPEGH/ISO/HEVC",
  av1: "V_AV1",
  vp8: "V_VP8",
  aac: "A_AAC",
  opus: "A_OPUS",
};

const NS_PER_TICK = 1000;

/** EBML header, segment of unknown size, info and tracks: everything before the first frame. */
export function matroskaHeader(tracks: {
  readonly video: MatroskaVideo | undefined;
  readonly audio: MatroskaAudio | undefined;
}): Buffer {
  const entries: Buffer[] = [];
  if (tracks.video !== undefined) {
    const { codec, config, width, height } = tracks.video;
    const size = element(0xe0, uint(0xb0, width), uint(0xba, height));
    entries.push(trackEntry(VIDEO_TRACK, 1, CODEC_IDS[codec], config, size));
  }
  if (tracks.audio !== undefined) {
    entries.push(soundEntry(AUDIO_TRACK, tracks.audio));
  }
  return matroskaFileHeader(entries);
}

/** The same for sounds alone, as tracks 1, 2 and so on. */
export const matroskaSoundsHeader = (sounds: readonly MatroskaAudio[]): Buffer =>
  matroskaFileHeader(sounds.map((sound, index) => soundEntry(index + 1, sound)));

/** One picture, which is track 1, and sounds behind it. */
export function matroskaMovieHeader(video: MatroskaVideo, sounds: readonly MatroskaAudio[]): Buffer {
  const size = element(0xe0, uint(0xb0, video.width), uint(0xba, video.height));
  return matroskaFileHeader([
    trackEntry(VIDEO_TRACK, 1, CODEC_IDS[video.codec], video.config, size),
    ...sounds.map((sound, index) => soundEntry(AUDIO_TRACK + index, sound)),
  ]);
}

export function matroskaFileHeader(entries: readonly Buffer[]): Buffer {
  return Buffer.concat([
    element(0x1a45dfa3, uint(0x4286, 1), uint(0x42f7, 1), uint(0x42f2, 4), uint(0x42f3, 8), docType()),
    encodeId(0x18538067),
    UNKNOWN_SIZE,
    element(0x1549a966, uint(0x2ad7b1, NS_PER_TICK), text(0x4d80, "footlight"), text(0x5741, "footlight")),
    element(0x1654ae6b, ...entries),
  ]);
}

function soundEntry(track: number, { codec, config, sampleRate, channels }: MatroskaAudio): Buffer {
  const shape = element(0xe1, float(0xb5, sampleRate), uint(0x9f, channels));
  return trackEntry(track, 2, CODEC_IDS[codec], config, shape);
}

function docType(): Buffer {
  return Buffer.concat([text(0x4282, "matroska"), uint(0x4287, 4), uint(0x4285, 2)]);
}

/** @param more further elements of the entry */
export function trackEntry(
  number: number,
  type: 1 | 2,
  codecId: string,
  config: Uint8Array,
  ...more: readonly Buffer[]
): Buffer {
  return element(
    0xae,
    uint(0xd7, number),
    uint(0x73c5, number),
    uint(0x83, type),
    // No lacing: one frame a block.
    uint(0x9c, 0),
    text(0x86, codecId),
    ...(config.length > 0 ? [element(0x63a2, config)] : []),
    ...more,
  );
}

/**
 * What goes before a frame's bytes on the pipe; the frame follows as it is, so that it is not copied.
 * `timeUs`: presentation time, microseconds, not negative.
 */
export function matroskaFrameHeader(track: number, timeUs: number, keyframe: boolean, size: number): Buffer {
  const timestamp = uint(0xe7, timeUs);
  const blockSize = encodeSize(size + 4);
  const clusterSize = encodeSize(timestamp.byteLength + 1 + blockSize.byteLength + 4 + size);
  const block = Buffer.from([0x80 | track, 0, 0, keyframe ? 0x80 : 0]);
  return Buffer.concat([CLUSTER_ID, clusterSize, timestamp, SIMPLE_BLOCK_ID, blockSize, block]);
}

const CLUSTER_ID = encodeId(0x1f43b675);
const SIMPLE_BLOCK_ID = encodeId(0xa3);
