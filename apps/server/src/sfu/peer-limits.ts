import { NetworkCounts } from "../platform/network.ts";
import { RtcRefusal } from "../stream/rtc.ts";

/** Who is full says when to ask again. */
export const FULL_RETRY_S = 10;

/** Bounds how many peers one address may have. */
export class PeerLimits {
  readonly #peers = new NetworkCounts();

  constructor(private readonly maxPerAddress: number) {}

  /** Throws `RtcRefusal`; returns how to say that the peer has gone. */
  enter(address: string): () => void {
    if (this.#peers.of(address) >= this.maxPerAddress) {
      throw new RtcRefusal("rtc_full", "Too many WebRTC sessions from this address.", FULL_RETRY_S);
    }
    return this.#peers.enter(address);
  }
}
