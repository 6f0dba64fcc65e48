import type { DtlsParameters, RtcpFeedback } from "mediasoup/types";

export interface IceCredentials {
  readonly ufrag: string;
  readonly password: string;
}

/** A client's offer, checked and bounded; what it does not say is not there. */
export interface SdpOffer {
  readonly ice: IceCredentials;
  /** For `transport.connect`: the client's fingerprints, and its role as our answer settles it. */
  readonly dtls: DtlsParameters;
  /** Every m-section, in order. */
  readonly sections: readonly OfferedSection[];
  /** `a=extmap-allow-mixed` (RFC 8285 §6). */
  readonly mixedExtensions: boolean;
}

export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** One m-section. */
export interface OfferedSection {
  readonly index: number;
  /** `other`: data, text, …, which are answered with port 0. */
  readonly kind: "audio" | "video" | "other";
  /** The m-line's own word. */
  readonly mediaType: string;
  readonly mid: string;
  /** `UDP/TLS/RTP/SAVPF`, and its formats, as our answer repeats them. */
  readonly protocol: string;
  readonly formatList: string;
  /** `inactive` also where its port is 0, which disables it. */
  readonly direction: Direction;
  /** False where it lacks rtcp-mux or the bundle, or is disabled. */
  readonly usable: boolean;
  /** Most wanted first. */
  readonly formats: readonly OfferedFormat[];
  readonly extensions: readonly OfferedExtension[];
  /** What its sender tells of the streams that it will send. */
  readonly ssrcs: readonly number[];
  readonly ssrcGroups: readonly { readonly semantics: string; readonly ssrcs: readonly number[] }[];
  readonly cname: string | undefined;
  /** Streams named by a=rid, of `a=simulcast:send` in its order. */
  readonly layers: readonly OfferedLayer[];
  readonly simulcast: boolean;
  /** `a=rtcp-rsize` (RFC 5506). */
  readonly reducedRtcp: boolean;
}

/** One payload type. */
export interface OfferedFormat {
  readonly payloadType: number;
  /** As rtpmap has it, e.g. `H264`. */
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number | undefined;
  /** `a=fmtp`, all values as text: an all-digit `profile-level-id` is no number. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly feedback: readonly RtcpFeedback[];
}

export interface OfferedExtension {
  readonly id: number;
  readonly uri: string;
  readonly direction: Direction;
}

export interface OfferedLayer {
  readonly rid: string;
  /** `a=rid`'s restrictions, e.g. max-width. */
  readonly parameters: Readonly<Record<string, string>>;
}
