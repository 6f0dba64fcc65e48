import type {
  IceCandidate,
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpCodecCapability,
  RtpCodecParameters,
  RtpParameters,
} from "mediasoup/types";
import type { OfferedSection } from "./offer-types.ts";

/** A medium that a publisher's offer brings: `publisherTerms(offer)`. */
export interface PublishedMedium {
  readonly section: OfferedSection;
  readonly kind: MediaKind;
  /** For `transport.produce`: the offer's own numbers. Simulcast's encodings go from the smallest up. */
  readonly rtp: RtpParameters;
  /** VP8 whose packets may have no more than the descriptor's first octet (RFC 7741 §4.2). */
  readonly bareVp8: boolean;
}

/** What a publisher brings, and a router's `mediaCodecs` that take it under its own numbers. */
export interface PublisherTerms {
  readonly media: readonly PublishedMedium[];
  readonly routerCodecs: RtpCodecCapability[];
  /** Viewers and publishers of one dialect can share a router. */
  readonly dialect: string;
}

/** What a room has to give: a producer's kind and its first codec. */
export interface SourceMedium {
  readonly kind: MediaKind;
  readonly codec: Pick<RtpCodecParameters, "mimeType" | "clockRate" | "channels" | "parameters">;
}

/** How a viewer takes what a room has: `viewerTerms(offer, sources)`. */
export interface ViewerTerms {
  /** In the order of the offer; of each kind that the room and the viewer have. */
  readonly media: readonly { readonly section: OfferedSection; readonly kind: MediaKind }[];
  /** A router with these codecs gives each medium the number that the viewer offered. */
  readonly routerCodecs: RtpCodecCapability[];
  readonly dialect: string;
  /**
   * For `transport.consume` by `capabilitiesFor`, with `enableRtx: true` (keeps NACK; RTX itself is left out)
   * and the section's mid.
   */
  readonly rtpCapabilities: RtpCapabilities;
}

/** Our end of the transport. */
export interface LocalTransport {
  readonly ice: IceParameters;
  readonly candidates: readonly IceCandidate[];
  /** Of our certificate. */
  readonly fingerprints: readonly { readonly algorithm: string; readonly value: string }[];
}

/** A section that our answer accepts; all others get port 0. */
export interface AnsweredMedium {
  readonly section: OfferedSection;
  /** Producer's (we receive) or consumer's (we send) parameters. */
  readonly rtp: RtpParameters;
  /** Of what we send: sound and picture of one id are played in sync. */
  readonly msid?: string;
}
