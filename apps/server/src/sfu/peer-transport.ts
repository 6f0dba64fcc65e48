import { parseFragment, writeFragment } from "@footlight/protocols/sdp/fragment.ts";
import { SdpError } from "@footlight/protocols/sdp/sdp-error.ts";
import type { LocalTransport } from "@footlight/protocols/sdp/terms.ts";
import type { DtlsParameters, Router, WebRtcTransport } from "mediasoup/types";
import { type RtcEnd, RtcRefusal } from "../stream/rtc.ts";
import type { AnnouncedAddresses } from "./announced-addresses.ts";
import type { MediaWorker } from "./media-worker.ts";

export interface PeerTransportOptions {
  readonly worker: MediaWorker;
  readonly router: Router;
  readonly addresses: AnnouncedAddresses;
  readonly timing: PeerTiming;
}

export interface PeerTiming {
  /** ICE and DTLS must come about within this. */
  readonly connectMs: number;
  /** Without an ICE check of the client's for so long it is lost (RFC 7675 §5.1 says 30 s at most). */
  readonly consentS: number;
  /** Who is lost, by silence or because a TCP connection broke, may come back within this. */
  readonly lostMs: number;
}

/** What bandwidth estimation starts from, where there is one. */
const INITIAL_BPS = 2_000_000;

/** ICE and DTLS with one client: a place at the worker's port until either side ends it. */
export class PeerTransport {
  readonly #closed = new AbortController();
  readonly #leaveWorker: () => void;
  #deadline: NodeJS.Timeout | undefined;
  #onConnected: (() => void) | undefined;

  static async create(options: PeerTransportOptions): Promise<PeerTransport> {
    const { router, worker } = options;
    const leave = worker.enter();
    try {
      const transport = await router.createWebRtcTransport({
        webRtcServer: worker.server,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        iceConsentTimeout: options.timing.consentS,
        initialAvailableOutgoingBitrate: INITIAL_BPS,
      });
      return new PeerTransport(transport, options, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  private constructor(
    readonly transport: WebRtcTransport,
    private readonly options: PeerTransportOptions,
    leaveWorker: () => void,
  ) {
    this.#leaveWorker = leaveWorker;
    this.#arm(options.timing.connectMs);
    transport.on("dtlsstatechange", (state) => {
      if (state === "connected") this.#connected();
      else if (state === "closed") this.end("left");
      else if (state === "failed") this.end("timed_out");
    });
    transport.on("icestatechange", (state) => {
      if (state === "disconnected") this.#arm(options.timing.lostMs);
      else if (transport.dtlsState === "connected") clearTimeout(this.#deadline);
    });
    // Its router closes only after its sessions have been ended, unless the worker has died.
    transport.on("routerclose", () => this.end("worker_died"));
    transport.on("listenserverclose", () => this.end("worker_died"));
  }

  /** Aborted with an `RtcEnd`. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  get iceTag(): string {
    return this.transport.iceParameters.usernameFragment;
  }

  async connect(dtlsParameters: DtlsParameters, onConnected: () => void): Promise<void> {
    this.#onConnected = onConnected;
    await this.transport.connect({ dtlsParameters });
  }

  async local(): Promise<LocalTransport> {
    const { iceParameters, iceCandidates, dtlsParameters } = this.transport;
    return {
      ice: iceParameters,
      candidates: await this.options.addresses.candidates(iceCandidates),
      fingerprints: dtlsParameters.fingerprints,
    };
  }

  /** mediasoup is ICE-lite: the client's own credentials are checked for form alone. */
  async restartIce(fragment: string, answer: string): Promise<string> {
    parseFragment(fragment);
    await this.transport.restartIce();
    return writeFragment(await this.local(), answer);
  }

  end(reason: RtcEnd): void {
    if (this.#closed.signal.aborted) return;
    clearTimeout(this.#deadline);
    this.transport.close();
    this.#leaveWorker();
    this.#closed.abort(reason);
  }

  #connected(): void {
    clearTimeout(this.#deadline);
    this.#onConnected?.();
    this.#onConnected = undefined;
  }

  #arm(ms: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.end("timed_out"), ms);
  }
}

/** What the worker, or mediasoup before it, says no to is either gone or an offer that it cannot meet. */
export function asRefusal(error: unknown, worker: MediaWorker): Error {
  if (error instanceof RtcRefusal || error instanceof SdpError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return worker.process.closed
    ? new RtcRefusal("rtc_unavailable", `The media worker died: ${message}`, 2)
    : new RtcRefusal("unsupported_sdp", `The media server cannot meet this offer: ${message}`);
}
