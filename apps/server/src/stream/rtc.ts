import type { StreamId } from "@footlight/shared";
import type { StreamClock } from "./capture-clock.ts";

/**
 * What WebRTC and the rest of the house ask of each other. `sfu/` implements both ports, `ingest/whip`
 * and `rtc-feed/` use them, `broadcast/` and `app.ts` join the two sides.
 */

export type RtcKind = "audio" | "video";

/** One medium as it was negotiated with its sender. */
export interface RtcMedium {
  readonly kind: RtcKind;
  readonly codec: "h264" | "vp8" | "opus";
  readonly payloadType: number;
  /** Hertz. */
  readonly clockRate: number;
  /** Of sound. */
  readonly channels: number | undefined;
  /** The codec's format parameters (`a=fmtp`), values as text. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A sender report (RFC 3550 §6.4.1): what its sender's clock says of an RTP timestamp. */
export interface SenderReport {
  readonly rtpTimestamp: number;
  /** Milliseconds since 1970, as the sender believes. */
  readonly wallMs: number;
}

/** Why no session came of an offer; `http/rtc-resource.ts` has the status of each. */
export type RtcRefusalCode =
  /** Not SDP, or against its rules (400). */
  | "bad_sdp"
  /** SDP that cannot be met: no codec in common, no bundle, data alone (422). */
  | "unsupported_sdp"
  /** A bound on peers is reached (503 with Retry-After). */
  | "rtc_full"
  /** No media worker is there (503 with Retry-After). */
  | "rtc_unavailable"
  /** Nothing of this name runs (404). */
  | "not_live";

export class RtcRefusal extends Error {
  override readonly name = "RtcRefusal";

  constructor(
    readonly code: RtcRefusalCode,
    message: string,
    readonly retryAfterS?: number,
  ) {
    super(message);
  }
}

/** Why a session is over although its client did not ask for it. */
export type RtcEnd =
  /** ICE or DTLS did not come about in time, or was lost. */
  | "timed_out"
  /** The client closed DTLS. */
  | "left"
  | "worker_died"
  /** What it watched is gone, or comes from elsewhere now: ask again. */
  | "source_changed"
  | "revoked"
  | "closing";

/** One client's ICE and DTLS session, as WHIP and WHEP handle it by its URL. */
export interface RtcSession {
  /** The SDP answer, with all of our candidates. */
  readonly answer: string;
  /** Names the present ICE session: its ufrag. Changes with each ICE restart; the strong ETag. */
  readonly iceTag: string;
  /** Aborted with an `RtcEnd` as reason. Also after `close`. */
  readonly closed: AbortSignal;
  /** Takes a client's new ufrag and password; resolves to our fragment (`application/trickle-ice-sdpfrag`). */
  restartIce(fragment: string): Promise<string>;
  close(): void;
}

/** A publisher's session, and its media as it comes in. */
export interface RtcPublication extends RtcSession {
  readonly media: readonly RtcMedium[];
  /** From here on packets are given out. Called once. */
  start(output: RtcPublicationOutput): void;
  /** Asks the encoder for a keyframe (PLI). Throttled: often is no harm. */
  requestKeyframe(): void;
  /** What the publication's video timestamps (90 kHz, as sent) are in wall-clock time, for who watches. */
  tellClock(clock: RtcClock): void;
}

export interface RtcPublicationOutput {
  /** A whole RTP packet, of simulcast the best layer's, in the order of arrival. Valid in this call only. */
  rtp(kind: RtcKind, packet: Uint8Array, receivedAtMs: number): void;
  senderReport(kind: RtcKind, report: SenderReport): void;
}

/** What WHIP needs of the SFU. */
export interface RtcIngest {
  /** Throws `RtcRefusal`. Nothing is left behind when it does. */
  publish(
    streamId: StreamId,
    offer: string,
    peer: { readonly address: string; readonly userAgent: string | undefined },
  ): Promise<RtcPublication>;
}

/** Wall clock of the RTP timestamps of a room's picture: `wallMs + (timestamp - rtpTimestamp) / 90`. */
export interface RtcClock {
  readonly rtpTimestamp: number;
  readonly wallMs: number;
  readonly source: StreamClock["source"];
}

/** What the feed of a stream that did not come by WebRTC consists of. */
export interface RtcFeedMedia {
  readonly video: { readonly codec: "h264"; readonly profileLevelId: string } | undefined;
  readonly audio: { readonly codec: "opus"; readonly channels: 1 | 2 } | undefined;
}

/** Payload type and SSRC that a room expects of each medium's packets. */
export interface RtcFeedTerms {
  readonly payloadType: number;
  readonly ssrc: number;
}

/** One stream's room as its feed sees it. */
export interface RtcFeedSink {
  /**
   * Says what comes; again when it changes, and who watches is then connected anew.
   * Rejects with `RtcRefusal` where no worker is there.
   */
  configure(
    media: RtcFeedMedia,
  ): Promise<{ readonly video: RtcFeedTerms | undefined; readonly audio: RtcFeedTerms | undefined }>;
  /** A whole RTP packet. Synchronous; dropped where nobody is there. */
  send(kind: RtcKind, packet: Uint8Array): void;
  tellClock(clock: RtcClock): void;
}

/** A feed's hold on its room. */
export interface RtcFeed extends RtcFeedSink {
  /** The stream is over, or nobody wants it any more: who still watches is told `source_changed`. */
  close(): void;
}

/**
 * Told each time how many viewers and stages want a stream's media changes and no publisher brings it by
 * WebRTC; 0: nobody does any more. False where nothing of this name runs, or where it has no ultra tier.
 */
export type RtcDemand = (streamId: StreamId, peers: number) => boolean;

/** What feeds need of the SFU. */
export interface RtcFeeding {
  /** There is one listener: who joins feeds and rooms. */
  onDemand(listener: RtcDemand): void;
  /**
   * Takes the place of an earlier feed of the stream. `keyframeWanted`: a viewer waits for a picture; at most
   * twice a second.
   */
  feed(streamId: StreamId, events: { keyframeWanted(): void }): RtcFeed;
}
