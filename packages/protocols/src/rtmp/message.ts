/** Message type ids (RTMP 1.0 §5.4, §7.1). */
export const MessageType = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAckSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  commandAmf3: 17,
  dataAmf0: 18,
  commandAmf0: 20,
  aggregate: 22,
} as const;

/** One whole RTMP message. */
export interface RtmpMessage {
  readonly type: number;
  /** Milliseconds modulo 2^32. */
  readonly timestamp: number;
  /** Message stream: 0 control and connection, 1 the published stream. */
  readonly streamId: number;
  readonly payload: Buffer;
}
