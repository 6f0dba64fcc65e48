import type { PublishRefusal } from "@footlight/shared";

/** How a session ended: a metric's label, so few and stable. */
export type SessionOutcome =
  | "disconnected"
  | "refused"
  | "revoked"
  | "protocol_error"
  | "timeout"
  | "idle"
  | "output_overrun"
  | "server_closing"
  | "internal_error";

/** Why a publisher was turned away: the hub's reasons and those that only RTMP knows. */
export type RtmpRefusal = PublishRefusal | "wrong_app" | "play" | "malformed_media";

/** What this folder counts; `app.ts` joins it to the registry. */
export interface RtmpMetrics {
  connectionOpened(protocol: "rtmp" | "rtmps"): void;
  /** Turned away before a byte of RTMP was read: too many, or no TLS on the TLS port. */
  connectionRejected(reason: "total" | "address" | "tls"): void;
  connectionClosed(protocol: "rtmp" | "rtmps", outcome: SessionOutcome): void;
  publishRefused(code: RtmpRefusal): void;
  bytesReceived(bytes: number): void;
  /** Media before publish, malformed frames, frames without configuration. */
  messagesDropped(count: number): void;
}

export const noRtmpMetrics: RtmpMetrics = {
  connectionOpened: () => undefined,
  connectionRejected: () => undefined,
  connectionClosed: () => undefined,
  publishRefused: () => undefined,
  bytesReceived: () => undefined,
  messagesDropped: () => undefined,
};
