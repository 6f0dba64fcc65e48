import type { SourceMedium, ViewerTerms } from "@footlight/protocols/sdp/terms.ts";
import type { MediaKind, RtpCapabilities, RtpCodecCapability, RtpCodecParameters } from "mediasoup/types";

/**
 * Every H.264 is called constrained baseline in here: mediasoup would refuse a 42001f publisher to a viewer
 * that offers 42e01f alone, while decoders take what comes. Packetization mode 1 is what all of them offer.
 */
const H264_PARAMETERS = {
  "packetization-mode": 1,
  "profile-level-id": "42e01f",
  "level-asymmetry-allowed": 1,
} as const;

export const OPUS: RtpCodecCapability = {
  kind: "audio",
  mimeType: "audio/opus",
  clockRate: 48_000,
  channels: 2,
  preferredPayloadType: 111,
};

export const H264: RtpCodecCapability = {
  kind: "video",
  mimeType: "video/H264",
  clockRate: 90_000,
  parameters: H264_PARAMETERS,
  preferredPayloadType: 108,
};

export const VP8: RtpCodecCapability = {
  kind: "video",
  mimeType: "video/VP8",
  clockRate: 90_000,
  preferredPayloadType: 96,
};

/** What mediasoup carries without looking into it, so without knowing keyframes: `Vp8Relay`'s way in. */
export const UNSEEN: RtpCodecCapability = {
  kind: "video",
  mimeType: "video/H265",
  clockRate: 90_000,
  preferredPayloadType: 127,
};

/** What a room's home router takes, under the numbers that Chromium offers. */
export const HOME_CODECS: readonly RtpCodecCapability[] = [OPUS, H264, VP8, UNSEEN];

/** What a stage's guests are told of it. */
export function withoutUnseen({ codecs = [], ...rest }: RtpCapabilities): RtpCapabilities {
  const unseen = codecs.filter(({ mimeType }) => mimeType === UNSEEN.mimeType);
  const numbers = unseen.map(({ preferredPayloadType }) => preferredPayloadType);
  const isRepair = ({ parameters }: RtpCodecCapability) => numbers.includes(parameters?.apt as number);
  return { ...rest, codecs: codecs.filter((codec) => !unseen.includes(codec) && !isRepair(codec)) };
}

/** Codecs as a room's routers take them: a publisher's own, or those that a viewer shall get. */
export function asRoomTakes<T extends RtpCodecParameters | RtpCodecCapability>(codecs: readonly T[]): T[] {
  return codecs.map((codec) =>
    codec.mimeType.toLowerCase() === "video/h264"
      ? { ...codec, parameters: { ...codec.parameters, ...H264_PARAMETERS } }
      : codec,
  );
}

/** VP8, and what repairs it, under the name by which mediasoup does not look into it. */
export function asUnseen(codecs: readonly RtpCodecParameters[]): RtpCodecParameters[] {
  return codecs.map((codec) =>
    codec.mimeType === VP8.mimeType ? { ...codec, mimeType: UNSEEN.mimeType } : codec,
  );
}

/**
 * What a publisher sends, for the choice among a viewer's payload types. Plain baseline means constrained
 * baseline: encoders that make the tools by which these differ (FMO, ASO) are not in use.
 */
export function asSource(kind: MediaKind, codec: SourceMedium["codec"]): SourceMedium {
  const profile = String(
    (codec.parameters as Record<string, unknown> | undefined)?.["profile-level-id"] ?? "",
  );
  const parameters = /^42/.test(profile)
    ? { ...codec.parameters, "profile-level-id": `42e0${profile.slice(4)}` }
    : codec.parameters;
  return { kind, codec: { ...codec, parameters } };
}

/** Whether a router gives each of these codecs under just these numbers. */
export function speaks(router: RtpCapabilities, wanted: readonly RtpCodecCapability[]): boolean {
  return wanted.every((codec) =>
    (router.codecs ?? []).some(
      (own) =>
        own.mimeType.toLowerCase() === codec.mimeType.toLowerCase() &&
        own.preferredPayloadType === codec.preferredPayloadType,
    ),
  );
}

/** A viewer's terms as the routers of a room can meet them. */
export function asRoomMeets(terms: ViewerTerms): ViewerTerms {
  const { routerCodecs, rtpCapabilities } = terms;
  return {
    ...terms,
    routerCodecs: asRoomTakes(routerCodecs),
    rtpCapabilities: { ...rtpCapabilities, codecs: asRoomTakes(rtpCapabilities.codecs ?? []) },
  };
}
