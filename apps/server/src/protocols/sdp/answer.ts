import type { SdpOffer } from "./offer-types.ts";
import type { AnsweredMedium, LocalTransport } from "./terms.ts";

/** We receive (`recvonly`) of a publisher, send (`sendonly`) to a viewer. */
export function writeAnswer(
  _offer: SdpOffer,
  _role: "recvonly" | "sendonly",
  _media: readonly AnsweredMedium[],
  _local: LocalTransport,
): string {
  throw new Error("not written yet");
}
