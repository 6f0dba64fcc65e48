import type { SdpOffer } from "./offer-types.ts";
import type { PublisherTerms } from "./terms.ts";

/** Throws `SdpError`. */
export function publisherTerms(_offer: SdpOffer): PublisherTerms {
  throw new Error("not written yet");
}
