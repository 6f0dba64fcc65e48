import type { FromEngineControl, ToEngineControl } from "../../../contract/engine-control.ts";
import type { Composed } from "../encode/picture-encode.ts";
import { PictureTrack } from "./picture-track.ts";
import { WhipRefusal, WhipSession } from "./whip-session.ts";

export type WhipOrder = Extract<ToEngineControl, { kind: "start-whip" }>;
type WhipState = Extract<FromEngineControl, { kind: "whip" }>["state"];

/** The server keeps a studio's stream for so long. */
const GRACE_MS = 90_000;
const BACK_OFF_MS = [250, 500, 1_000, 2_000, 4_000] as const;
/** A connection that loses its way often finds it again within this; ICE has been silent for five seconds then. */
const PATIENCE_MS = 1_500;
/** From the answer to the connection. */
const CONNECT_WITHIN_MS = 12_000;
const FIGURES_EVERY_MS = 1_000;

/** Publishes by WHIP until told otherwise: connects, watches the connection, and connects again. */
export class WhipPublisher {
  readonly #pictures: PictureTrack;
  readonly #ending = new AbortController();
  readonly #done: Promise<void>;

  constructor(
    private readonly order: WhipOrder,
    private readonly audio: MediaStreamTrack | undefined,
    private readonly tell: (message: FromEngineControl) => void,
  ) {
    this.#pictures = new PictureTrack(order);
    this.#done = this.#run(this.#ending.signal);
  }

  offer(picture: Composed): void {
    this.#pictures.offer(picture);
  }

  /** Never throws; the server has been told when it resolves. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#done;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    let lostAtMs: number | undefined;
    this.#say("connecting");
    while (!signal.aborted) {
      const end = await this.#session(signal, () => {
        attempt = 0;
        lostAtMs = undefined;
      });
      if (signal.aborted) break;
      const wasLive = end.lived || lostAtMs !== undefined;
      if (end.refused && !wasLive) {
        this.#pictures.close();
        this.#say("refused", end.cause);
        return;
      }
      lostAtMs ??= performance.now();
      if (performance.now() - lostAtMs > GRACE_MS) {
        this.#pictures.close();
        this.#say("failed", end.cause);
        return;
      }
      this.#say(wasLive ? "reconnecting" : "connecting", end.cause);
      const backOffMs = BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length - 1)] ?? 0;
      attempt += 1;
      await pause(Math.max(end.retryAfterMs ?? 0, backOffMs * (0.75 + Math.random() / 2)), signal);
    }
    this.#pictures.close();
    this.#say("stopped");
  }

  /** One connection, from its offer to its end. */
  async #session(signal: AbortSignal, onLive: () => void) {
    let session: WhipSession;
    try {
      session = await WhipSession.open(this.order, this.#pictures.track, this.audio);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      const { status = 0, retryAfterMs } = error instanceof WhipRefusal ? error : {};
      // 429 and 5xx pass by; so does nobody answering.
      const refused = status >= 400 && status < 500 && status !== 429;
      return { lived: false, refused, cause, retryAfterMs };
    }
    let lived = false;
    const { peer } = session;
    const stopFigures = this.#figures(peer);
    this.#pictures.attach(session.videoSender);
    await connectionEnd(peer, signal, () => {
      if (!lived) this.#say("live");
      lived = true;
      onLive();
    });
    this.#pictures.attach(undefined);
    stopFigures();
    await session.close();
    return { lived, refused: false, cause: "connection lost", retryAfterMs: undefined };
  }

  #say(state: WhipState, cause?: string): void {
    this.tell({ kind: "whip", id: this.order.id, state, ...(cause ? { cause } : {}) });
  }

  #figures(peer: RTCPeerConnection): () => void {
    let last = { bytes: 0, atMs: performance.now() };
    const timer = setInterval(async () => {
      const stats = await peer.getStats();
      let [bytes, frames, lost] = [0, 0, 0];
      let rttMs: number | null = null;
      for (const report of stats.values()) {
        if (report.type === "outbound-rtp") bytes += report.bytesSent ?? 0;
        if (report.type === "outbound-rtp" && report.kind === "video") frames = report.framesEncoded ?? 0;
        if (report.type === "remote-inbound-rtp") lost += report.packetsLost ?? 0;
        if (report.type === "candidate-pair" && report.nominated && report.currentRoundTripTime !== undefined)
          rttMs = report.currentRoundTripTime * 1_000;
      }
      const atMs = performance.now();
      const bitrateBps = Math.max(0, ((bytes - last.bytes) * 8_000) / (atMs - last.atMs));
      last = { bytes, atMs };
      this.tell({ kind: "whip-figures", id: this.order.id, bitrateBps, frames, lost, rttMs });
    }, FIGURES_EVERY_MS);
    return () => clearInterval(timer);
  }
}

/** Resolves when the connection is lost for good, or nobody wants it any more. */
function connectionEnd(peer: RTCPeerConnection, signal: AbortSignal, onLive: () => void): Promise<void> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearTimeout(timer);
      peer.removeEventListener("connectionstatechange", look);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const look = () => {
      clearTimeout(timer);
      const { connectionState } = peer;
      if (connectionState === "connected") onLive();
      else if (connectionState === "failed" || connectionState === "closed") end();
      else timer = setTimeout(end, connectionState === "disconnected" ? PATIENCE_MS : CONNECT_WITHIN_MS);
    };
    peer.addEventListener("connectionstatechange", look);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    else look();
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
