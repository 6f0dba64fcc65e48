import type { ServerHandshake } from "@footlight/protocols/rtmp/handshake.ts";
import type { PublishLease } from "../../stream/publish.ts";
import type { MediaFeed } from "./media-feed.ts";
import type { SessionOutcome } from "./metrics.ts";

/** What `connect` told. */
export interface ConnectedPeer {
  /** What followed `live/` in the application's name. */
  readonly instance: string;
  readonly encoder: string | undefined;
}

/** One RTMP session's life. */
export type SessionState =
  | { readonly kind: "handshaking"; readonly handshake: ServerHandshake }
  | { readonly kind: "connecting" }
  | { readonly kind: "connected"; readonly peer: ConnectedPeer }
  /** The key is being looked up; nothing more is read meanwhile. */
  | { readonly kind: "admitting" }
  | {
      readonly kind: "publishing";
      readonly peer: ConnectedPeer;
      readonly lease: PublishLease;
      readonly feed: MediaFeed;
    }
  /** The last words are on their way; what comes in is thrown away. */
  | { readonly kind: "closing"; readonly outcome: SessionOutcome }
  | { readonly kind: "closed"; readonly outcome: SessionOutcome };

export interface RtmpTimeouts {
  /** From accept to `connect`; a TLS handshake before it has as long again. */
  readonly connectMs: number;
  /** From `connect` (or the end of a publication) to an accepted `publish`. */
  readonly publishMs: number;
  /** A publisher that sends no byte for so long is dropped. */
  readonly idleMs: number;
  /** For the last words to reach the peer. */
  readonly closeMs: number;
}

export const DEFAULT_RTMP_TIMEOUTS: RtmpTimeouts = {
  connectMs: 10_000,
  publishMs: 10_000,
  idleMs: 30_000,
  closeMs: 800,
};
