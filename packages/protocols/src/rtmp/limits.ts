import { MessageType } from "./message.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bounds on what one peer may make us hold; every byte of it is hostile. */
export interface ChunkLimits {
  /** Smallest chunk size that a peer may set, bytes (§5.4.1 asks for 128 at least). */
  readonly minChunkSize: number;
  /** Larger chunk sizes (up to 2^31 - 1 are legal) count as this one: no message is longer. */
  readonly maxChunkSize: number;
  /** Chunk streams used by one peer; encoders use two to six. */
  readonly maxChunkStreams: number;
  /** Bytes of unfinished messages over all chunk streams. */
  readonly maxBufferedBytes: number;
  readonly maxVideoBytes: number;
  readonly maxAudioBytes: number;
  /** Commands, data messages and whatever we do not know. */
  readonly maxOtherBytes: number;
}

export const DEFAULT_CHUNK_LIMITS: ChunkLimits = {
  minChunkSize: 128,
  maxChunkSize: 16 * MIB,
  maxChunkStreams: 64,
  maxBufferedBytes: 18 * MIB,
  maxVideoBytes: 16 * MIB,
  maxAudioBytes: MIB,
  maxOtherBytes: 64 * KIB,
};

/** Longest payload that a message of this type may declare, bytes. */
export function maxMessageBytes(limits: ChunkLimits, type: number): number {
  if (type === MessageType.video || type === MessageType.aggregate) return limits.maxVideoBytes;
  if (type === MessageType.audio) return limits.maxAudioBytes;
  return type <= MessageType.setPeerBandwidth ? KIB : limits.maxOtherBytes;
}
