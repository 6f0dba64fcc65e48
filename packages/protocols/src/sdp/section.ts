import type { MediaDescription } from "sdp-transform";
import { parseSimulcastStreamList } from "sdp-transform";
import type {
  Direction,
  OfferedExtension,
  OfferedFormat,
  OfferedLayer,
  OfferedSection,
} from "./offer-types.ts";
import { parseParameters } from "./parameters.ts";
import { bad } from "./sdp-error.ts";

const MOST = { formats: 96, extensions: 32, ssrcs: 64, layers: 8 } as const;

type Media = MediaDescription & { readonly type?: string; readonly payloads?: string | number };

/** Reads one m-section as sdp-transform has it. Throws `SdpError`. */
export function parseSection(
  media: Media,
  index: number,
  session: { readonly inBundle: boolean; readonly direction?: Direction },
): OfferedSection {
  const formatList = String(media.payloads ?? "").trim();
  if (!media.type || media.protocol === undefined || formatList === "") throw bad("has a malformed m-line");
  const mid = String(media.mid ?? "");
  if (!/^[!-~]{0,64}$/.test(mid)) throw bad("has a malformed mid");
  const kind = media.type === "audio" || media.type === "video" ? media.type : "other";
  const disabled = media.port === 0 && media.bundleOnly === undefined;
  const usable =
    kind !== "other" &&
    !disabled &&
    /\/S?AVPF?$/.test(media.protocol) &&
    media.rtcpMux !== undefined &&
    session.inBundle;
  const ssrcs = ssrcsOf(media);
  return {
    index,
    kind,
    mediaType: media.type ?? "",
    mid,
    protocol: media.protocol,
    formatList,
    direction: disabled ? "inactive" : (media.direction ?? session.direction ?? "sendrecv"),
    usable,
    formats: kind === "other" ? [] : formatsOf(media, formatList),
    extensions: extensionsOf(media),
    ssrcs,
    ssrcGroups: groupsOf(media, ssrcs),
    cname: media.ssrcs?.find(({ attribute }) => attribute === "cname")?.value?.slice(0, 255),
    layers: layersOf(media),
    simulcast: media.simulcast !== undefined,
    reducedRtcp: media.rtcpRsize !== undefined,
  };
}

function formatsOf(media: Media, formatList: string): OfferedFormat[] {
  const names = [...new Set(formatList.split(" "))];
  if (names.length > MOST.formats) throw bad(`has more than ${MOST.formats} formats in an m-section`);
  return names.flatMap((name) => {
    const payloadType = Number(name);
    if (!/^\d{1,3}$/.test(name) || payloadType > 127) throw bad("has a payload type past 127");
    const rtp = media.rtp.find(({ payload }) => payload === payloadType);
    // A static type (RFC 3551) needs no rtpmap; none is of use here.
    if (rtp === undefined || rtp.codec === undefined || !Number.isInteger(rtp.rate)) return [];
    const channels = Number(rtp.encoding ?? 1);
    return [
      {
        payloadType,
        name: String(rtp.codec),
        clockRate: Number(rtp.rate),
        channels: media.type === "audio" && Number.isInteger(channels) ? channels : undefined,
        parameters: parseParameters(
          media.fmtp
            .filter(({ payload }) => payload === payloadType)
            .map(({ config }) => String(config ?? ""))
            .join(";"),
        ),
        feedback: (media.rtcpFb ?? [])
          .filter(({ payload }) => payload === payloadType || payload === "*")
          .map(({ type, subtype }) => ({ type: String(type), parameter: String(subtype ?? "") })),
      },
    ];
  });
}

function extensionsOf(media: Media): OfferedExtension[] {
  const lines = media.ext ?? [];
  if (lines.length > MOST.extensions) throw bad(`has more than ${MOST.extensions} header extensions`);
  const extensions = lines
    .filter((line) => line["encrypt-uri"] === undefined)
    .map(({ value, uri, direction }) => {
      // 15 is reserved by the one-byte form, 0 is padding (RFC 8285 §4.2).
      if (!Number.isInteger(value) || value < 1 || value > 255 || value === 15) {
        throw bad("has a malformed extmap");
      }
      return { id: value, uri: String(uri), direction: directionOf(direction) };
    });
  if (new Set(extensions.map(({ id }) => id)).size < extensions.length) {
    throw bad("has two header extensions of one number");
  }
  return extensions;
}

function directionOf(text: string | undefined): Direction {
  return text === "sendonly" || text === "recvonly" || text === "inactive" ? text : "sendrecv";
}

function ssrcsOf(media: Media): number[] {
  const ssrcs = [...new Set((media.ssrcs ?? []).map(({ id }) => id))];
  if (ssrcs.length > MOST.ssrcs) throw bad(`has more than ${MOST.ssrcs} SSRCs in an m-section`);
  if (!ssrcs.every(isSsrc)) throw bad("has a malformed SSRC");
  return ssrcs;
}

/** Groups of streams that the section also names one by one. */
function groupsOf(media: Media, known: readonly number[]): OfferedSection["ssrcGroups"] {
  return (media.ssrcGroups ?? []).slice(0, MOST.ssrcs).flatMap(({ semantics, ssrcs }) => {
    const members = String(ssrcs).trim().split(/ +/).map(Number);
    return members.every((ssrc) => known.includes(ssrc)) ? [{ semantics, ssrcs: members }] : [];
  });
}

function isSsrc(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= 0xffffffff;
}

/** The client's send streams that carry a rid (RFC 8851, RFC 8853); of alternatives the first. */
function layersOf(media: Media): OfferedLayer[] {
  const { simulcast } = media;
  const list = simulcast?.dir1 === "send" ? simulcast.list1 : simulcast?.list2;
  const sent = (media.rids ?? []).filter(({ direction }) => direction === "send");
  const names =
    list === undefined
      ? sent.map(({ id }) => String(id))
      : parseSimulcastStreamList(String(list)).map(([first]) => String(first?.scid ?? ""));
  if (names.length > MOST.layers) throw bad(`has more than ${MOST.layers} simulcast layers`);
  if (new Set(names).size < names.length || !names.every((name) => /^[A-Za-z0-9_-]{1,32}$/.test(name))) {
    throw bad("has malformed rids");
  }
  return names.map((rid) => ({
    rid,
    parameters: parseParameters(sent.find(({ id }) => String(id) === rid)?.params ?? ""),
  }));
}
