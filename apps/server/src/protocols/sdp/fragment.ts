import type { IceCredentials } from "./offer-types.ts";
import type { LocalTransport } from "./terms.ts";

export interface SdpFragment {
  readonly ice: IceCredentials | undefined;
  readonly candidates: number;
}

/** `application/trickle-ice-sdpfrag` (RFC 8840 §9). Throws `SdpError`. */
export function parseFragment(_text: string): SdpFragment {
  throw new Error("not written yet");
}

/** What answers an ICE restart (RFC 9725 §4.3.3), given the answer that the session began with. */
export function writeFragment(_local: Pick<LocalTransport, "ice" | "candidates">, _answer: string): string {
  throw new Error("not written yet");
}
