/** What a peer did wrong. Stable, low in number: a metric's label. */
export type RtmpErrorCode =
  | "handshake"
  | "chunk_size"
  | "chunk_format"
  | "chunk_streams"
  | "message_size"
  | "buffered"
  | "amf"
  | "message";

/** The peer broke the protocol or a bound; the session ends. Never leaves a socket's handler. */
export class RtmpError extends Error {
  override readonly name = "RtmpError";
  readonly code: RtmpErrorCode;

  constructor(code: RtmpErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
