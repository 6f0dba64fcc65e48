import type { MediaKind, RtpCapabilities, RtpCodecCapability, RtpHeaderExtension } from "mediasoup/types";
import {
  codecOf,
  dialectOf,
  extensionsOf,
  feedbackOf,
  MIME_TYPES,
  mediasoupParameters,
  packetizationMode,
} from "./codec.ts";
import { decodes, h264Profile } from "./h264-profile.ts";
import type { OfferedFormat, OfferedSection, SdpOffer } from "./offer-types.ts";
import { unsupported } from "./sdp-error.ts";
import type { SourceMedium, ViewerTerms } from "./terms.ts";

/**
 * How a viewer takes what a room has: of each kind that both have, the viewer's payload type for the room's
 * codec. mediasoup numbers media by router, and compares H.264 profiles strictly; so the router's codecs
 * and the capabilities given to it have the viewer's numbers and the source's parameters, and whether the
 * viewer decodes these is settled here. Throws `SdpError`.
 */
export function viewerTerms(offer: SdpOffer, sources: readonly SourceMedium[]): ViewerTerms {
  const met = (["audio", "video"] as const).flatMap((kind) => {
    const source = sources.find((medium) => medium.kind === kind);
    const wanted = offer.sections.filter((section) => section.kind === kind && isReceiving(section));
    const section = wanted.find(({ usable }) => usable);
    if (source === undefined || wanted.length === 0) return [];
    if (section === undefined) throw unsupported(`${kind} is offered without BUNDLE or rtcp-mux`);
    const format = formatFor(section, source);
    if (format === undefined) throw unsupported(`the stream's ${source.codec.mimeType} is not offered`);
    return [{ kind, source, section, format }];
  });
  if (met.length === 0) throw unsupported("nothing that the stream has is asked for");

  const numbers = met.map(({ format }) => format.payloadType);
  if (new Set(numbers).size < numbers.length) throw unsupported("sound and picture have one payload type");
  // Sound first: mediasoup gives RTX a free number after each video codec, and would else take sound's.
  const codecs = met.map(
    ({ kind, source: { codec }, format }): RtpCodecCapability => ({
      kind,
      mimeType: codec.mimeType,
      preferredPayloadType: format.payloadType,
      clockRate: codec.clockRate,
      ...(codec.channels === undefined ? {} : { channels: codec.channels }),
      parameters: mediasoupParameters(codec.parameters ?? {}),
    }),
  );
  const rtpCapabilities: RtpCapabilities = {
    codecs: codecs.map((codec, index) => ({
      ...codec,
      rtcpFeedback: feedbackOf(met[index]?.format as OfferedFormat),
    })),
    headerExtensions: met.flatMap(({ kind, section }) =>
      extensionsOf(section, "sendonly").map(
        ({ uri, id }): RtpHeaderExtension => ({
          kind,
          uri,
          preferredId: id,
        }),
      ),
    ),
  };
  return {
    media: met
      .map(({ kind, section }) => ({ kind, section }))
      .sort((a, b) => a.section.index - b.section.index),
    routerCodecs: codecs,
    dialect: dialectOf(codecs),
    rtpCapabilities,
  };
}

/**
 * What to consume one medium with. mediasoup asks of a header extension whether its number and name are the
 * client's, not of which kind; Firefox refuses an answer in which sound has one that was offered for pictures.
 */
export function capabilitiesFor(kind: MediaKind, { rtpCapabilities }: ViewerTerms): RtpCapabilities {
  const headerExtensions = rtpCapabilities.headerExtensions ?? [];
  return {
    ...rtpCapabilities,
    headerExtensions: headerExtensions.filter((extension) => extension.kind === kind),
  };
}

function isReceiving({ direction }: OfferedSection): boolean {
  return direction === "recvonly" || direction === "sendrecv";
}

function formatFor(section: OfferedSection, { codec }: SourceMedium): OfferedFormat | undefined {
  const formats = section.formats.filter((format) => {
    const name = codecOf(format);
    return name !== undefined && MIME_TYPES[name].toLowerCase() === codec.mimeType.toLowerCase();
  });
  if (codec.mimeType.toLowerCase() !== "video/h264") return formats[0];
  const parameters = codec.parameters ?? {};
  const fits = formats.filter(
    (format) => packetizationMode(format.parameters) >= packetizationMode(parameters),
  );
  const profile = h264Profile(parameters["profile-level-id"]);
  if (profile === "other") return undefined;
  const offered = (format: OfferedFormat) => h264Profile(format.parameters["profile-level-id"]);
  return (
    fits.find((format) => offered(format) === profile) ??
    fits.find((format) => decodes(offered(format), profile)) ??
    // Firefox and most native stacks name constrained baseline alone, and decode main and high as well.
    fits.find((format) => offered(format) !== "other")
  );
}
