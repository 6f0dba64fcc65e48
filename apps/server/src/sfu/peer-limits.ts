import { RtcRefusal } from "../stream/rtc.ts";

/** Who is full says when to ask again. */
export const FULL_RETRY_S = 10;

/** Bounds how many peers one address may have. */
export class PeerLimits {
  readonly #byAddress = new Map<string, number>();

  constructor(private readonly maxPerAddress: number) {}

  /** Throws `RtcRefusal`; returns how to say that the peer has gone. */
  enter(address: string): () => void {
    const count = this.#byAddress.get(address) ?? 0;
    if (count >= this.maxPerAddress) {
      throw new RtcRefusal("rtc_full", "Too many WebRTC sessions from this address.", FULL_RETRY_S);
    }
    this.#byAddress.set(address, count + 1);
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      const left = (this.#byAddress.get(address) ?? 1) - 1;
      if (left <= 0) this.#byAddress.delete(address);
      else this.#byAddress.set(address, left);
    };
  }
}
