import type { IceCandidate, RtpCodecParameters } from "mediasoup/types";
import { isLibwebrtc } from "./codec.ts";
import type { OfferedSection, SdpOffer } from "./offer-types.ts";
import { writeParameters } from "./parameters.ts";
import type { AnsweredMedium, LocalTransport } from "./terms.ts";

/**
 * The answer to an offer (RFC 8829 §5.3): we receive (`recvonly`) of a publisher, send (`sendonly`) to a
 * viewer, on one bundled ICE-lite transport with all of its candidates in it. Sections that `media` does
 * not name are rejected by port 0.
 */
export function writeAnswer(
  offer: SdpOffer,
  role: "recvonly" | "sendonly",
  media: readonly AnsweredMedium[],
  local: LocalTransport,
): string {
  const accepted = [...media].sort((a, b) => a.section.index - b.section.index);
  const mids = accepted.map(({ section }) => section.mid).filter((mid) => mid !== "");
  const lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-lite"];
  if (mids.length > 0) lines.push(`a=group:BUNDLE ${mids.join(" ")}`);
  if (offer.mixedExtensions) lines.push("a=extmap-allow-mixed");
  lines.push("a=msid-semantic: WMS *");
  for (const section of offer.sections) {
    const medium = accepted.find((candidate) => candidate.section.index === section.index);
    if (medium === undefined) {
      lines.push(...rejected(section));
      continue;
    }
    lines.push(
      `m=${section.kind} 9 ${section.protocol} ${medium.rtp.codecs.map((codec) => codec.payloadType).join(" ")}`,
      "c=IN IP4 0.0.0.0",
      ...(section.mid === "" ? [] : [`a=mid:${section.mid}`]),
      `a=ice-ufrag:${local.ice.usernameFragment}`,
      `a=ice-pwd:${local.ice.password}`,
      ...fingerprintsOf(local),
      `a=setup:${offer.dtls.role === "client" ? "passive" : "active"}`,
      `a=${role}`,
      "a=rtcp-mux",
      ...(section.reducedRtcp ? ["a=rtcp-rsize"] : []),
      ...medium.rtp.codecs.flatMap((codec) => codecLines(codec, section, role)),
      ...(medium.rtp.headerExtensions ?? []).map(({ id, uri }) => `a=extmap:${id} ${uri}`),
      ...(role === "recvonly" ? layerLines(section) : streamLines(medium)),
    );
    // Of bundled sections only the first carries the candidates (RFC 9143 §7.3).
    if (medium === accepted[0]) lines.push(...local.candidates.map(candidateLine), "a=end-of-candidates");
  }
  return `${lines.join("\r\n")}\r\n`;
}

export function candidateLine(candidate: IceCandidate): string {
  const { foundation, protocol, priority, address, port, type, tcpType } = candidate;
  // mediasoup listens, so its TCP candidates are passive (RFC 6544 §4.5).
  const tcp = protocol === "tcp" ? ` tcptype ${tcpType ?? "passive"}` : "";
  return `a=candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}${tcp}`;
}

/** SHA-256 alone where there is one: some clients stumble over a second line. */
function fingerprintsOf({ fingerprints }: LocalTransport): string[] {
  const best = fingerprints.find(({ algorithm }) => algorithm === "sha-256") ?? fingerprints[0];
  return best === undefined ? [] : [`a=fingerprint:${best.algorithm} ${best.value}`];
}

function rejected(section: OfferedSection): string[] {
  const kind = section.kind === "other" ? section.mediaType : section.kind;
  return [
    `m=${kind} 0 ${section.protocol} ${section.formatList.split(" ")[0]}`,
    "c=IN IP4 0.0.0.0",
    ...(section.mid === "" ? [] : [`a=mid:${section.mid}`]),
    "a=inactive",
  ];
}

function codecLines(
  codec: RtpCodecParameters,
  section: OfferedSection,
  role: "recvonly" | "sendonly",
): string[] {
  const { payloadType, mimeType, clockRate, channels = 1 } = codec;
  const name = mimeType.slice(mimeType.indexOf("/") + 1);
  const parameters = writeParameters(formatParameters(codec, section, role));
  return [
    `a=rtpmap:${payloadType} ${name}/${clockRate}${channels > 1 ? `/${channels}` : ""}`,
    ...(codec.rtcpFeedback ?? []).map(
      ({ type, parameter }) => `a=rtcp-fb:${payloadType} ${type}${parameter ? ` ${parameter}` : ""}`,
    ),
    ...(parameters === "" ? [] : [`a=fmtp:${payloadType} ${parameters}`]),
  ];
}

/** What the client offered for this number: its own profile, whatever stricter one the source has. */
function formatParameters(
  { payloadType, mimeType, parameters }: RtpCodecParameters,
  section: OfferedSection,
  role: "recvonly" | "sendonly",
): Record<string, string> {
  if (mimeType.endsWith("/rtx")) return { apt: String(parameters?.apt) };
  const format = section.formats.find((each) => each.payloadType === payloadType);
  const offered = format?.parameters ?? {};
  if (mimeType.toLowerCase() !== "audio/opus") {
    // Only to those that know the parameter: GStreamer would look for it in what it encodes.
    const startsSmall = role === "recvonly" && format !== undefined && isLibwebrtc(format);
    return { ...offered, ...(startsSmall ? { "x-google-start-bitrate": String(START_KBPS) } : {}) };
  }
  // RFC 7587 §6.1: without them a browser sends speech in mono, at 32 kbit/s.
  return role === "recvonly"
    ? { minptime: "10", useinbandfec: "1", stereo: "1", maxaveragebitrate: "128000" }
    : { ...offered, "sprop-stereo": "1" };
}

/**
 * Browsers begin with a guess of 300 kbit/s, at which they send 720p as 320x180, and take some 20 s to find
 * out better. This is what a line for live video has; where it has less they notice within a second.
 */
const START_KBPS = 2_500;

/** RFC 8853 §5.3: all layers are taken, in the order of the offer. */
function layerLines(section: OfferedSection): string[] {
  if (section.layers.length === 0) return [];
  const rids = section.layers.map(({ rid }) => rid);
  return [
    ...rids.map((rid) => `a=rid:${rid} recv`),
    ...(section.simulcast ? [`a=simulcast:recv ${rids.join(";")}`] : []),
  ];
}

function streamLines({ section, rtp, msid = "-" }: AnsweredMedium): string[] {
  const ssrcs = (rtp.encodings ?? []).flatMap(({ ssrc, rtx }) => [
    ...(ssrc === undefined ? [] : [ssrc]),
    ...(rtx === undefined ? [] : [rtx.ssrc]),
  ]);
  const cname = rtp.rtcp?.cname ?? msid;
  return [
    `a=msid:${msid} ${section.kind}`,
    ...(ssrcs.length > 1 ? [`a=ssrc-group:FID ${ssrcs.join(" ")}`] : []),
    ...ssrcs.map((ssrc) => `a=ssrc:${ssrc} cname:${cname}`),
  ];
}
