import type { FromEngineControl, ToEngineControl } from "../../../contract/engine-control.ts";
import type { Composed } from "../encode/picture-encode.ts";
import { PictureTrack } from "./picture-track.ts";
import { WhipRefusal, WhipSession } from "./whip-session.ts";
import { type WhipReport, WhipTally } from "./whip-tally.ts";

export type WhipOrder = Extract<ToEngineControl, { kind: "start-whip" }>;
type WhipMessage = Extract<FromEngineControl, { kind: "whip" }>;

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
  /** Ends the connection, or the wait for one. */
  #again = new AbortController();
  readonly #tally = new WhipTally(performance.now());
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #done: Promise<void>;
  #peer: RTCPeerConnection | undefined;
  /** The newest one, which the server may hold although we have lost it. */
  #session: WhipSession | undefined;
  #offered = 0;
  #wasLive = false;

  constructor(
    private readonly order: WhipOrder,
    private readonly audio: MediaStreamTrack | undefined,
    private readonly tell: (message: FromEngineControl) => void,
  ) {
    this.#pictures = new PictureTrack(order);
    this.#timer = setInterval(() => void this.#tellFigures(), FIGURES_EVERY_MS);
    this.#done = this.#run(this.#ending.signal).finally(() => this.#pictures.close());
  }

  offer(picture: Composed): void {
    const taken = this.#pictures.offer(picture);
    if (taken && this.#wasLive) this.#offered += 1;
  }

  /** The machine has slept: the connection is dead, however it looks. */
  reconnect(): void {
    this.#again.abort();
  }

  /** Never throws; the server has been told when it resolves. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#done;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let attempt = 1;
    let lostAtMs = performance.now();
    this.#say("connecting", { attempt });
    while (!signal.aborted) {
      this.#again = new AbortController();
      const end = await this.#connect(AbortSignal.any([signal, this.#again.signal]), () => {
        attempt = 1;
      });
      if (signal.aborted) break;
      if (end.lived) lostAtMs = performance.now();
      if (end.final) {
        this.#over("refused", end.cause, { code: end.code });
        return;
      }
      if (performance.now() - lostAtMs > GRACE_MS) {
        this.#over("failed", end.cause);
        return;
      }
      const backOffMs = BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length) - 1] ?? 0;
      attempt += 1;
      const retryInMs = Math.max(end.retryAfterMs ?? 0, backOffMs * (0.75 + Math.random() / 2));
      this.#say(this.#wasLive ? "reconnecting" : "connecting", { cause: end.cause, attempt, retryInMs });
      this.#again = new AbortController();
      await pause(retryInMs, AbortSignal.any([signal, this.#again.signal]));
    }
    await this.#session?.close();
    this.#over("stopped");
  }

  /** One connection, from its offer to its end. */
  async #connect(signal: AbortSignal, onLive: () => void) {
    let session: WhipSession;
    try {
      session = await WhipSession.open(this.order, this.#pictures.track, this.audio, signal);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      const { status = 0, retryAfterMs } = error instanceof WhipRefusal ? error : {};
      return { lived: false, ...meaningOf(status, this.#wasLive), cause, retryAfterMs };
    }
    let lived = false;
    const { peer } = session;
    this.#session = session;
    this.#peer = peer;
    this.#pictures.attach(session.videoSender);
    await connectionEnd(peer, signal, () => {
      if (!lived) this.#say("live");
      lived = true;
      this.#wasLive = true;
      onLive();
    });
    this.#pictures.attach(undefined);
    await this.#read(peer);
    this.#peer = undefined;
    this.#tally.retire();
    // A server is told goodbye at the end alone: it ends the broadcast then. What is silent gives way to the next.
    if (!this.#ending.signal.aborted) peer.close();
    return { lived, final: false, code: undefined, cause: "connection lost", retryAfterMs: undefined };
  }

  #over(state: "refused" | "failed" | "stopped", cause?: string, more: Pick<WhipMessage, "code"> = {}): void {
    clearInterval(this.#timer);
    this.#say(state, { ...(cause ? { cause } : {}), ...more });
  }

  #say(state: WhipMessage["state"], more: Partial<WhipMessage> = {}): void {
    this.tell({ ...more, kind: "whip", id: this.order.id, state });
  }

  async #tellFigures(): Promise<void> {
    if (this.#peer !== undefined) await this.#read(this.#peer);
    const figures = this.#tally.figures(performance.now(), this.#offered);
    this.tell({ kind: "whip-figures", id: this.order.id, ...figures });
  }

  async #read(peer: RTCPeerConnection): Promise<void> {
    const stats = await peer.getStats();
    if (this.#peer === peer) this.#tally.take(stats.values() as Iterable<WhipReport>);
  }
}

/** What a refusal means; 429, 5xx and nobody answering pass by. */
function meaningOf(status: number, wasLive: boolean) {
  const isNo = status >= 400 && status < 500 && status !== 429;
  // A server that took us may just be starting again; but not with a key that it no longer takes.
  const final = isNo && (!wasLive || status === 401 || status === 403);
  const code: WhipMessage["code"] =
    status === 401 || status === 403 ? "bad_key" : status === 409 ? "key_in_use" : "rejected";
  return { final, code };
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
