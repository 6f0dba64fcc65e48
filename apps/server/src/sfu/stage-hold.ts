import type { Producer, Router, RtpCapabilities } from "mediasoup/types";
import type { RtcEnd } from "../stream/rtc.ts";
import type { AnnouncedAddresses } from "./announced-addresses.ts";
import { withoutUnseen } from "./room-codecs.ts";
import type { RoomHome } from "./room-home.ts";
import type { RoomProgramme, RtcPeer, StageHold } from "./rtc-port.ts";

export interface StageHoldDeps {
  readonly addresses: AnnouncedAddresses;
  readonly programme: () => readonly Producer[] | undefined;
  /** Throws `RtcRefusal`; returns how the peer leaves. */
  readonly enter: (address: string) => () => void;
  readonly onRelease: () => void;
}

/** A stage's hold on its stream's home router. */
export class RoomStageHold implements StageHold {
  readonly #closed = new AbortController();
  readonly #listeners: (() => void)[] = [];

  constructor(
    private readonly home: RoomHome,
    private readonly deps: StageHoldDeps,
  ) {}

  get rtpCapabilities(): RtpCapabilities {
    return withoutUnseen(this.home.router.rtpCapabilities);
  }

  get router(): Router {
    return this.home.router;
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  get programme(): RoomProgramme | undefined {
    const producers = this.deps.programme();
    if (producers === undefined) return undefined;
    const of = (kind: string) => producers.find((producer) => producer.kind === kind);
    return { video: of("video"), audio: of("audio") };
  }

  onProgramme(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async createPeerTransport(peer: RtcPeer): ReturnType<StageHold["createPeerTransport"]> {
    const { worker, router } = this.home;
    const leaveRoom = this.deps.enter(peer.address);
    let leaveWorker: (() => void) | undefined;
    const leave = () => {
      leaveWorker?.();
      leaveRoom();
    };
    try {
      leaveWorker = worker.enter();
      const transport = await router.createWebRtcTransport({
        webRtcServer: worker.server,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
      });
      transport.observer.once("close", leave);
      return { transport, iceCandidates: await this.deps.addresses.candidates(transport.iceCandidates) };
    } catch (error) {
      leave();
      throw error;
    }
  }

  programmeChanged(): void {
    for (const listener of this.#listeners) listener();
  }

  release(): void {
    this.end("closing");
  }

  end(reason: RtcEnd): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(reason);
    this.deps.onRelease();
  }
}
