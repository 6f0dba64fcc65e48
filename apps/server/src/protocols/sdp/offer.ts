import type { SdpOffer } from "./offer-types.ts";

/** Throws `SdpError`. */
export function parseOffer(_text: string): SdpOffer {
  throw new Error("not written yet");
}
