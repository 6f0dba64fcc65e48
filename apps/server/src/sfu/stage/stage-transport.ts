import type { DtlsParameters, IceParameters, TransportTerms } from "@footlight/shared";
import type { DtlsParameters as DtlsTerms, WebRtcTransport } from "mediasoup/types";
import type { RtcPeer, StageHold } from "../rtc-port.ts";
import { negotiated } from "./stage-fault.ts";

/** ICE and DTLS must come about within this. */
const CONNECT_MS = 15_000;
/** A participant whose network changed may restart ICE; after this long they are gone. */
const LOST_MS = 30_000;

/** Other servers that a client may need are no concern of the room's. */
export type OwnTerms = Omit<TransportTerms, "iceServers">;

/** One way between a participant and the room; closes itself when it does not come about or is lost. */
export class StageTransport {
  #deadline: NodeJS.Timeout | undefined;

  static async create(hold: StageHold, peer: RtcPeer): Promise<StageTransport> {
    const { transport, iceCandidates } = await hold.createPeerTransport(peer);
    return new StageTransport(transport, {
      id: transport.id,
      iceParameters: transport.iceParameters,
      iceCandidates,
      dtlsParameters: transport.dtlsParameters as DtlsParameters,
    });
  }

  private constructor(
    readonly media: WebRtcTransport,
    readonly terms: OwnTerms,
  ) {
    this.#arm(CONNECT_MS);
    media.on("icestatechange", () => this.#watch());
    media.on("dtlsstatechange", (state) => {
      if (state === "closed" || state === "failed") this.close();
      else this.#watch();
    });
    media.observer.once("close", () => clearTimeout(this.#deadline));
  }

  onClose(listener: () => void): void {
    this.media.observer.once("close", listener);
  }

  async connect(dtlsParameters: DtlsParameters): Promise<void> {
    await negotiated("connect", () => this.media.connect({ dtlsParameters: dtlsParameters as DtlsTerms }));
  }

  async restartIce(): Promise<IceParameters> {
    return await negotiated("ICE restart", () => this.media.restartIce());
  }

  close(): void {
    this.media.close();
  }

  #watch(): void {
    const { iceState, dtlsState } = this.media;
    const there = (iceState === "connected" || iceState === "completed") && dtlsState === "connected";
    if (there) clearTimeout(this.#deadline);
    else if (iceState === "disconnected") this.#arm(LOST_MS);
  }

  #arm(ms: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.close(), ms).unref();
  }
}
