import type { MediaKind, RtcpFeedback, RtpCodecCapability, RtpHeaderExtensionUri } from "mediasoup/types";
import type { OfferedExtension, OfferedFormat, OfferedSection } from "./offer-types.ts";

export type CodecName = "h264" | "vp8" | "opus";

/** Which of the codecs that this house carries a format is. */
export function codecOf(format: OfferedFormat): CodecName | undefined {
  const name = format.name.toLowerCase();
  if (name === "opus" && format.clockRate === 48_000 && format.channels === 2) return "opus";
  if ((name === "h264" || name === "vp8") && format.clockRate === 90_000) return name;
  return undefined;
}

export const MIME_TYPES: Readonly<Record<CodecName, string>> = {
  h264: "video/H264",
  vp8: "video/VP8",
  opus: "audio/opus",
};

export const packetizationMode = (parameters: Readonly<Record<string, unknown>>): number =>
  Number(parameters["packetization-mode"] ?? 0);

/** The retransmission format of another (RFC 4588). */
export function rtxOf(section: OfferedSection, payloadType: number): OfferedFormat | undefined {
  return section.formats.find(
    ({ name, parameters }) => name.toLowerCase() === "rtx" && parameters["apt"] === String(payloadType),
  );
}

/** mediasoup compares `packetization-mode` by identity, and its own is a number; the rest stays text. */
export function mediasoupParameters(
  parameters: Readonly<Record<string, unknown>>,
): Record<string, string | number> {
  const result: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(parameters)) result[name] = String(value);
  if ("packetization-mode" in parameters) result["packetization-mode"] = packetizationMode(parameters);
  return result;
}

const FEEDBACK: readonly (readonly [string, string])[] = [
  ["nack", ""],
  ["nack", "pli"],
  ["ccm", "fir"],
  ["goog-remb", ""],
  ["transport-cc", ""],
];

/** Of what a client offers, what mediasoup knows. */
export function feedbackOf({ feedback }: OfferedFormat): RtcpFeedback[] {
  return FEEDBACK.filter(([type, parameter]) =>
    feedback.some((offered) => offered.type === type && (offered.parameter ?? "") === parameter),
  ).map(([type, parameter]) => ({ type, parameter }));
}

/** Chromium, Safari, Firefox and what else is built of their library. */
export const isLibwebrtc = ({ feedback }: OfferedFormat): boolean =>
  ["goog-remb", "transport-cc"].every((name) => feedback.some(({ type }) => type === name));

/**
 * Header extensions of a publisher. Not `urn:3gpp:video-orientation`: who cannot tell us how a picture is
 * turned turns it itself, and HLS could not.
 */
const RECEIVED: Readonly<Record<MediaKind, readonly RtpHeaderExtensionUri[]>> = {
  audio: [
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
  ],
  video: [
    "urn:ietf:params:rtp-hdrext:sdes:mid",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
    "urn:ietf:params:rtp-hdrext:toffset",
  ],
};

/** Header extensions to a viewer; mediasoup takes those whose number is its own. */
const SENT: Readonly<Record<MediaKind, readonly RtpHeaderExtensionUri[]>> = {
  audio: RECEIVED.audio.filter((uri) => !uri.includes("transport-wide-cc")),
  video: [
    ...RECEIVED.video.filter((uri) => !uri.includes("rtp-stream-id")),
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay",
  ],
};

export interface KnownExtension extends OfferedExtension {
  readonly uri: RtpHeaderExtensionUri;
}

/** The header extensions of a section that can be used in our direction. */
export function extensionsOf(section: OfferedSection, role: "recvonly" | "sendonly"): KnownExtension[] {
  const uris = (role === "recvonly" ? RECEIVED : SENT)[section.kind === "audio" ? "audio" : "video"];
  const unusable = role === "recvonly" ? "recvonly" : "sendonly";
  return section.extensions.flatMap((extension) => {
    const uri = uris.find((known) => known === extension.uri);
    if (uri === undefined || extension.direction === unusable || extension.direction === "inactive")
      return [];
    return [{ ...extension, uri }];
  });
}

/** Names the numbers and formats of a router's codecs: equal for all whom it can serve. */
export function dialectOf(codecs: readonly RtpCodecCapability[]): string {
  return codecs
    .map(({ mimeType, preferredPayloadType, parameters = {} }) =>
      [
        mimeType.toLowerCase(),
        preferredPayloadType,
        ...(mimeType === MIME_TYPES.h264
          ? [parameters["profile-level-id"] ?? "", packetizationMode(parameters)]
          : []),
      ].join(":"),
    )
    .join(" ");
}
