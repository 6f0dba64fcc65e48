import { candidateLine } from "./answer.ts";
import { sdpLines } from "./lines.ts";
import { iceCredentials } from "./offer.ts";
import type { IceCredentials } from "./offer-types.ts";
import { bad } from "./sdp-error.ts";
import type { LocalTransport } from "./terms.ts";

export interface SdpFragment {
  /** The client's ICE session that the fragment belongs to; new ones ask for a restart. */
  readonly ice: IceCredentials | undefined;
  readonly candidates: number;
}

/**
 * Reads `application/trickle-ice-sdpfrag` (RFC 8840 §9), and the same lines of a whole offer. What the
 * candidates are is of no use to an ICE-lite peer. Throws `SdpError`.
 */
export function parseFragment(text: string): SdpFragment {
  const lines = sdpLines(text);
  const value = (name: string) => lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3);
  const ufrag = value("ice-ufrag");
  const password = value("ice-pwd");
  const candidates = lines.filter((line) => line.startsWith("a=candidate:")).length;
  if ((ufrag === undefined) !== (password === undefined)) throw bad("has half of the ICE credentials");
  if (ufrag === undefined && candidates === 0 && !lines.includes("a=end-of-candidates")) {
    throw bad("tells nothing of ICE");
  }
  return {
    ice: ufrag === undefined || password === undefined ? undefined : iceCredentials(ufrag, password),
    candidates,
  };
}

/** What answers an ICE restart (RFC 9725 §4.3.3), given the answer that the session began with. */
export function writeFragment(local: Pick<LocalTransport, "ice" | "candidates">, answer: string): string {
  const lines = answer.split("\r\n");
  const media = lines.findIndex((line) => /^m=\w+ [1-9]/.test(line));
  const mid = lines.slice(media).find((line) => line.startsWith("a=mid:"));
  const written = [
    ...lines.filter((line) => line === "a=ice-lite" || line.startsWith("a=group:")),
    ...lines.slice(media, media + 1),
    ...(mid === undefined ? [] : [mid]),
    `a=ice-ufrag:${local.ice.usernameFragment}`,
    `a=ice-pwd:${local.ice.password}`,
    ...local.candidates.map(candidateLine),
    "a=end-of-candidates",
  ];
  return `${written.join("\r\n")}\r\n`;
}
