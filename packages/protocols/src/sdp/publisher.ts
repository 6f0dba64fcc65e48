import type { RtpCodecCapability, RtpCodecParameters, RtpEncodingParameters } from "mediasoup/types";
import {
  type CodecName,
  codecOf,
  dialectOf,
  extensionsOf,
  feedbackOf,
  isLibwebrtc,
  MIME_TYPES,
  mediasoupParameters,
  packetizationMode,
  rtxOf,
} from "./codec.ts";
import { h264Profile } from "./h264-profile.ts";
import { smallestFirst } from "./layers.ts";
import type { OfferedFormat, OfferedSection, SdpOffer } from "./offer-types.ts";
import { unsupported } from "./sdp-error.ts";
import type { PublishedMedium, PublisherTerms } from "./terms.ts";

/**
 * What mediasoup must be told of a publisher: of each kind the first section that is of use, in one codec,
 * under the offer's own numbers. All of it or nothing: an offer with a picture that cannot be taken is
 * refused, not published as sound alone. Throws `SdpError`.
 */
export function publisherTerms(offer: SdpOffer): PublisherTerms {
  const media = (["audio", "video"] as const).flatMap((kind): PublishedMedium[] => {
    const offered = offer.sections.filter((section) => section.kind === kind && isSending(section));
    const section = offered.find(({ usable }) => usable);
    if (section === undefined) {
      if (offered.length === 0) return [];
      throw unsupported(`${kind} is offered without BUNDLE or rtcp-mux`);
    }
    return [mediumOf(section, kind)];
  });
  if (media.length === 0) throw unsupported("no audio or video is sent");
  const routerCodecs = media.map(({ kind, rtp }): RtpCodecCapability => {
    const codec = rtp.codecs[0] as RtpCodecParameters;
    return {
      kind,
      mimeType: codec.mimeType,
      preferredPayloadType: codec.payloadType,
      clockRate: codec.clockRate,
      ...(codec.channels === undefined ? {} : { channels: codec.channels }),
      parameters: codec.parameters ?? {},
    };
  });
  return { media, routerCodecs, dialect: dialectOf(routerCodecs) };
}

function isSending({ direction }: OfferedSection): boolean {
  return direction === "sendonly" || direction === "sendrecv";
}

function mediumOf(section: OfferedSection, kind: "audio" | "video"): PublishedMedium {
  const chosen = bestFormat(section);
  if (chosen === undefined) {
    const names = [...new Set(section.formats.map(({ name }) => name))].join(", ").slice(0, 200);
    throw unsupported(
      `no ${kind} codec in common: Opus, H.264 and VP8 are taken, ${names || "none"} offered`,
    );
  }
  const { format, codec } = chosen;
  const rtx = rtxOf(section, format.payloadType);
  const codecs: RtpCodecParameters[] = [
    {
      mimeType: MIME_TYPES[codec],
      payloadType: format.payloadType,
      clockRate: format.clockRate,
      ...(kind === "audio" ? { channels: 2 } : {}),
      parameters: mediasoupParameters(format.parameters),
      rtcpFeedback: feedbackOf(format),
    },
  ];
  if (rtx !== undefined) {
    codecs.push({
      mimeType: `${kind}/rtx`,
      payloadType: rtx.payloadType,
      clockRate: rtx.clockRate,
      parameters: { apt: format.payloadType },
      rtcpFeedback: [],
    });
  }
  const headerExtensions = extensionsOf(section, "recvonly").map(({ id, uri }) => ({ id, uri }));
  const encodings = encodingsOf(section, rtx !== undefined);
  const carried = (name: string) => headerExtensions.some(({ uri }) => uri.endsWith(name));
  if (section.layers.length > 0 && !carried(":rtp-stream-id")) {
    throw unsupported("rids are offered without their header extension");
  }
  if (encodings.every(({ ssrc, rid }) => ssrc === undefined && rid === undefined) && !carried(":mid")) {
    throw unsupported("nothing in the packets would tell the media apart: neither SSRC nor mid is offered");
  }
  return {
    section,
    kind,
    // GStreamer's and pion's payloaders leave out what they are not told to put in; browsers never do.
    bareVp8: codec === "vp8" && encodings.length === 1 && !isLibwebrtc(format),
    rtp: {
      ...(section.mid === "" ? {} : { mid: section.mid }),
      codecs,
      headerExtensions,
      encodings,
      rtcp: { ...(section.cname === undefined ? {} : { cname: section.cname }), reducedSize: true },
    },
  };
}

function bestFormat(section: OfferedSection): { format: OfferedFormat; codec: CodecName } | undefined {
  const ranked = section.formats.flatMap((format) => {
    const codec = codecOf(format);
    if (codec === undefined || (codec === "opus") !== (section.kind === "audio")) return [];
    const rank = rankOf(codec, format);
    return rank === undefined ? [] : [{ format, codec, rank }];
  });
  return ranked.reduce<(typeof ranked)[number] | undefined>(
    (best, next) => (best === undefined || next.rank < best.rank ? next : best),
    undefined,
  );
}

/**
 * H.264 reaches all viewers without being encoded again; in constrained baseline it has no B-frames and
 * every browser takes it. Lower is better.
 */
function rankOf(codec: CodecName, { parameters }: OfferedFormat): number | undefined {
  if (codec !== "h264") return codec === "vp8" ? 4 : 0;
  const profile = h264Profile(parameters["profile-level-id"]);
  const mode = packetizationMode(parameters);
  if (profile === "other" || mode > 1) return undefined;
  return (mode === 1 ? 0 : 2) + (profile === "constrained-baseline" ? 0 : 1);
}

/** The streams of a section: its rids, or its SSRCs with those of their retransmissions, smallest first. */
function encodingsOf(section: OfferedSection, rtx: boolean): RtpEncodingParameters[] {
  if (section.layers.length > 0) return smallestFirst(section.layers).map(({ rid }) => ({ rid }));
  const repairs = section.ssrcGroups.filter(({ semantics }) => semantics === "FID");
  const sim = section.ssrcGroups.find(({ semantics }) => semantics === "SIM");
  // Chromium before rids: `a=ssrc-group:SIM`, smallest first.
  const main = sim?.ssrcs ?? section.ssrcs.slice(0, 1);
  if (main.length === 0) return [{}];
  return main.map((ssrc) => {
    const repair = repairs.find(({ ssrcs }) => ssrcs[0] === ssrc)?.ssrcs[1];
    return { ssrc, ...(rtx && repair !== undefined ? { rtx: { ssrc: repair } } : {}) };
  });
}
