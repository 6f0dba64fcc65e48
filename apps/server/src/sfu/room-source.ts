import type { SourceMedium } from "@footlight/protocols/sdp/terms.ts";
import type { Producer } from "mediasoup/types";
import type { FedSource } from "./fed-source.ts";
import type { Publication } from "./publication.ts";

/** Where a room's media come from. Their producers are on the room's home router. */
export type RoomSource = {
  readonly producers: readonly Producer[];
  readonly media: readonly SourceMedium[];
} & (
  | { readonly kind: "published"; readonly publication: Publication }
  | { readonly kind: "fed"; readonly fed: FedSource }
);

export function closeSource(source: RoomSource): void {
  if (source.kind === "fed") source.fed.close();
  else source.publication.end("source_changed");
}
