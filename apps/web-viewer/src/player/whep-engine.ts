import type {
  Engine,
  EngineEvent,
  EngineFailure,
  EngineFigures,
  EngineHints,
  EngineWindow,
} from "./engine.ts";
import { LinkHealth, readSample } from "./link-health.ts";
import { FrameDelay } from "./rtp-clock.ts";
import { ServerClock } from "./server-clock.ts";
import { closeWhep, openWhep, withStereo } from "./whep-session.ts";

const LOOK_MS = 1_000;
/** From the answer to a connection, and then to the first packet. */
const CONNECT_MS = 3_000;
/** Sound comes every 20 ms, pictures at most every 200. */
const FLOW_MS = 250;
const SETTLE_MS = 100;
/** The rewind window is the low tier's; the server keeps two hours. */
const REWIND_MS = 2 * 3600_000;

/**
 * WebRTC by WHEP: as soon as a frame is there it is shown, and there is no way back in time. The session is
 * ended by DELETE, which also goes out when the page does.
 */
export class WhepEngine implements Engine {
  readonly name = "WebRTC";
  private readonly peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  private readonly clock = new ServerClock();
  private readonly delay = new FrameDelay();
  private readonly health = new LinkHealth();
  private readonly scope = new AbortController();
  private readonly timer = setInterval(() => void this.look(), LOOK_MS);
  private isIdle = false;
  private sessionUrl: string | null = null;
  private answeredMs: number | null = null;
  private clockSource: EngineFigures["clock"] = "arrival";

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly emit: (event: EngineEvent) => void,
    private readonly hints: EngineHints,
  ) {
    this.clock.start();
    const { signal } = this.scope;
    this.peer.addEventListener("track", ({ receiver }) => hurry(receiver), { signal });
    this.peer.addEventListener("connectionstatechange", () => this.onConnection(), { signal });
    window.addEventListener("pagehide", () => this.hangUp(), { signal });
    this.watchFrames();
  }

  load(url: string): void {
    this.connect(url).catch(() => this.fail("network"));
  }

  select(): void {}
  toLive(): void {}
  seek(): void {}
  hold(): void {}
  noteStall(): void {}

  /** The server has ended the session: there is nothing to take leave of. */
  fade(): void {
    this.sessionUrl = null;
  }

  window(): EngineWindow | null {
    const liveMs = this.clock.now() - (this.latencyS() ?? 0) * 1_000;
    const startMs = Math.max(this.hints.startedAtMs ?? liveMs, liveMs - REWIND_MS);
    return { startMs: Math.min(startMs, liveMs), liveMs, positionMs: liveMs, bufferedMs: [], live: true };
  }

  /** What was on its way when somebody asked does not count. */
  async flows(): Promise<boolean> {
    await pause(SETTLE_MS);
    const before = readSample((await this.peer.getStats()).values(), 0);
    await pause(FLOW_MS);
    return readSample((await this.peer.getStats()).values(), 0).bytes > before.bytes;
  }

  figures(): EngineFigures {
    const { bitrateBps, ...link } = this.health.figures();
    return {
      latencyS: this.latencyS(),
      targetS: null,
      bitrateBps,
      throughputBps: null,
      clock: this.clockSource,
      link,
    };
  }

  close(): void {
    if (this.scope.signal.aborted) return;
    this.scope.abort();
    clearInterval(this.timer);
    this.clock.close();
    this.hangUp();
    this.video.srcObject = null;
  }

  private async connect(url: string): Promise<void> {
    const { peer, scope } = this;
    for (const kind of ["audio", "video"]) peer.addTransceiver(kind, { direction: "recvonly" });
    const { sdp = "" } = await peer.createOffer();
    const offer = withStereo(sdp);
    const answer = await openWhep(url, offer, scope.signal);
    if (answer.kind === "refused") {
      this.fail(answer.failure, answer.retryAfterMs);
      return;
    }
    this.sessionUrl = answer.sessionUrl;
    if (scope.signal.aborted) {
      this.hangUp();
      return;
    }
    // Candidates are gathered from here on, those of the servers too (RFC 9725 §4.6); the server needs none of them.
    if (answer.iceServers.length > 0)
      peer.setConfiguration({ ...peer.getConfiguration(), iceServers: answer.iceServers });
    await peer.setLocalDescription({ type: "offer", sdp: offer });
    await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    this.answeredMs = performance.now();
    this.video.srcObject = new MediaStream(peer.getReceivers().map(({ track }) => track));
    this.emit({ type: "ready" });
  }

  /** DELETE goes first: an end of DTLS would end the session, and leave nothing to be deleted. */
  private hangUp(): void {
    const { peer, sessionUrl } = this;
    this.sessionUrl = null;
    // Where the connection has failed, the server knows.
    if (sessionUrl === null || ["failed", "closed"].includes(peer.connectionState)) peer.close();
    else void closeWhep(sessionUrl).finally(() => peer.close());
  }

  private fail(failure: EngineFailure, retryAfterMs = 0): void {
    if (!this.scope.signal.aborted) this.emit({ type: "failed", failure, retryAfterMs });
  }

  private onConnection(): void {
    // ICE or DTLS is over: the server has ended the session, or nothing goes through.
    if (["failed", "closed"].includes(this.peer.connectionState)) this.fail("network");
  }

  private async look(): Promise<void> {
    const { peer, scope, answeredMs } = this;
    const nowMs = performance.now();
    if (answeredMs === null) return;
    if (peer.connectionState !== "connected") {
      if (peer.connectionState !== "disconnected" && nowMs - answeredMs > CONNECT_MS) this.fail("network");
      if (peer.connectionState !== "disconnected") return;
    }
    const report = await peer.getStats();
    if (scope.signal.aborted) return;
    const verdict = this.health.note(readSample(report.values(), nowMs));
    if (verdict !== "silent") this.tellIdle(verdict === "idle");
    if (verdict === "silent") this.fail("network");
    else if (verdict === "poor") this.emit({ type: "starved" });
  }

  private tellIdle(isIdle: boolean): void {
    if (isIdle === this.isIdle) return;
    this.isIdle = isIdle;
    this.emit({ type: isIdle ? "still" : "moving" });
  }

  private latencyS(): number | null {
    return this.delay.delayS(this.clock.now());
  }

  /** Each frame says when it is shown, and which one it is (HTML video-rvfc, `rtpTimestamp`). */
  private watchFrames(): void {
    if (!("requestVideoFrameCallback" in this.video)) return;
    const look = (_now: number, { rtpTimestamp, expectedDisplayTime }: VideoFrameCallbackMetadata) => {
      if (this.scope.signal.aborted) return;
      this.tellIdle(false);
      const rtpClock = this.hints.rtpClock();
      if (rtpClock !== null && rtpTimestamp !== undefined) {
        this.clockSource = rtpClock.source;
        this.delay.note(
          rtpClock,
          rtpTimestamp,
          performance.timeOrigin + expectedDisplayTime + this.clock.offsetMs,
        );
      }
      this.video.requestVideoFrameCallback(look);
    };
    this.video.requestVideoFrameCallback(look);
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Nothing is held back for smoothness; the browser still takes what the line's jitter needs. */
const hurry = (receiver: RTCRtpReceiver): void => {
  if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
  if ("playoutDelayHint" in receiver) receiver.playoutDelayHint = 0;
};
