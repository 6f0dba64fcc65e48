import type { RtpCapabilities, RtpCodecCapability, RtpParameters } from "mediasoup/types";

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

/** What a room's home router takes, under the numbers that Chromium offers. */
export const HOME_CODECS: readonly RtpCodecCapability[] = [OPUS, H264, VP8];

/** A publisher's parameters as a room's routers take them. */
export function asRoomTakes(rtp: RtpParameters): RtpParameters {
  return {
    ...rtp,
    codecs: rtp.codecs.map((codec) =>
      codec.mimeType.toLowerCase() === "video/h264"
        ? { ...codec, parameters: { ...codec.parameters, ...H264_PARAMETERS } }
        : codec,
    ),
  };
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
