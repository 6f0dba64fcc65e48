import type { DtlsParameters, FingerprintAlgorithm } from "mediasoup/types";
import { parse, type SessionDescription, type SharedAttributes } from "sdp-transform";
import { sdpLines } from "./lines.ts";
import type { IceCredentials, SdpOffer } from "./offer-types.ts";
import { bad, unsupported } from "./sdp-error.ts";
import { parseSection } from "./section.ts";

const MOST_SECTIONS = 16;
const FINGERPRINT_BYTES: Readonly<Record<FingerprintAlgorithm, number>> = {
  "sha-1": 20,
  "sha-224": 28,
  "sha-256": 32,
  "sha-384": 48,
  "sha-512": 64,
};

/** Reads and checks an SDP offer of a WebRTC client (RFC 8829). Throws `SdpError`, and nothing else. */
export function parseOffer(text: string): SdpOffer {
  const lines = sdpLines(text);
  if (lines[0] !== "v=0") throw bad("does not begin with v=0");
  const session = parse(lines.join("\r\n"));
  if (session.media.length === 0) throw bad("has no m-section");
  if (session.media.length > MOST_SECTIONS) throw bad(`has more than ${MOST_SECTIONS} m-sections`);

  const bundle = bundleOf(session);
  const sections = session.media.map((media, index) =>
    parseSection(media, index, {
      inBundle: bundle === undefined ? session.media.length === 1 : bundle.has(String(media.mid ?? "")),
      ...(session.direction === undefined ? {} : { direction: session.direction }),
    }),
  );
  const mids = sections.map(({ mid }) => mid);
  if (new Set(mids).size < mids.length) throw bad("two m-sections have the same mid");

  const carriers = carriersOf(session, bundle);
  return {
    ice: iceOf(carriers),
    dtls: dtlsOf(carriers),
    sections,
    mixedExtensions:
      session.extmapAllowMixed !== undefined ||
      session.media.some((media) => media.extmapAllowMixed !== undefined),
  };
}

/** The mids that share one transport (RFC 9143), in the order of the group. */
function bundleOf(session: SessionDescription): ReadonlySet<string> | undefined {
  const group = session.groups?.find(({ type }) => type === "BUNDLE");
  return group === undefined ? undefined : new Set(String(group.mids ?? "").split(" "));
}

/** Who tells of the transport: the section that stands for the bundle, else the session, else any section. */
function carriersOf(
  session: SessionDescription,
  bundle: ReadonlySet<string> | undefined,
): readonly SharedAttributes[] {
  const [tag] = bundle ?? [];
  const tagged = session.media.filter(({ mid }) => mid !== undefined && String(mid) === tag);
  return [...tagged, session, ...session.media];
}

function iceOf(carriers: readonly SharedAttributes[]): IceCredentials {
  const carrier = carriers.find(({ iceUfrag, icePwd }) => iceUfrag !== undefined && icePwd !== undefined);
  if (carrier === undefined) throw bad("has no ICE credentials");
  return iceCredentials(String(carrier.iceUfrag), String(carrier.icePwd));
}

/** RFC 8839 §5.4 gives the lengths. */
export function iceCredentials(ufrag: string, password: string): IceCredentials {
  if (!/^[!-~]{4,256}$/.test(ufrag) || !/^[!-~]{22,256}$/.test(password)) {
    throw bad("has malformed ICE credentials");
  }
  return { ufrag, password };
}

function dtlsOf(carriers: readonly SharedAttributes[]): DtlsParameters {
  const fingerprint = carriers.find((carrier) => carrier.fingerprint !== undefined)?.fingerprint;
  if (fingerprint === undefined) throw bad("has no DTLS fingerprint");
  const algorithm = String(fingerprint.type).toLowerCase();
  const value = String(fingerprint.hash).toUpperCase();
  if (!isAlgorithm(algorithm)) throw unsupported(`DTLS fingerprints by ${algorithm.slice(0, 20)}`);
  const bytes = value.split(":");
  if (bytes.length !== FINGERPRINT_BYTES[algorithm] || !bytes.every((byte) => /^[0-9A-F]{2}$/.test(byte))) {
    throw bad("has a malformed DTLS fingerprint");
  }
  return { role: roleOf(carriers), fingerprints: [{ algorithm, value }] };
}

function isAlgorithm(name: string): name is FingerprintAlgorithm {
  return Object.hasOwn(FINGERPRINT_BYTES, name);
}

/**
 * The client's DTLS role once our answer stands. To `actpass` we are passive: every client can begin,
 * some cannot do anything else (RFC 9725 §4.4).
 */
function roleOf(carriers: readonly SharedAttributes[]): "client" | "server" {
  const setup = carriers.find((carrier) => carrier.setup !== undefined)?.setup ?? "actpass";
  switch (setup) {
    case "actpass":
    case "active":
      return "client";
    case "passive":
      return "server";
    default:
      throw bad("has an unknown DTLS set-up");
  }
}
