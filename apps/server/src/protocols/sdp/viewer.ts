import type { SdpOffer } from "./offer-types.ts";
import type { SourceMedium, ViewerTerms } from "./terms.ts";

/** Throws `SdpError`. */
export function viewerTerms(_offer: SdpOffer, _sources: readonly SourceMedium[]): ViewerTerms {
  throw new Error("not written yet");
}
