import { iceServersOf } from "@footlight/shared";
import { publishingCodecs, withBitrates } from "./whip-sdp.ts";

export interface WhipTarget {
  readonly url: string;
  readonly key: string;
  readonly fps: number;
  readonly bitrateBps: number;
}

/** Why no session came about. `status` 0: nobody answered. */
export class WhipRefusal extends Error {
  constructor(
    readonly status: number,
    readonly retryAfterMs: number | undefined,
    text: string,
  ) {
    super(text);
    this.name = "WhipRefusal";
  }
}

const ANSWER_WITHIN_MS = 10_000;
const GOODBYE_WITHIN_MS = 2_000;

/** One publication by WHIP (RFC 9725), from its POST to its DELETE; ends once and is not used again. */
export class WhipSession {
  private constructor(
    readonly peer: RTCPeerConnection,
    readonly videoSender: RTCRtpSender,
    private readonly resource: string,
    private readonly key: string,
  ) {}

  /** Rejects with `WhipRefusal`. Resolves when the answer is set, before the connection stands. */
  static async open(
    { url, key, fps, bitrateBps }: WhipTarget,
    video: MediaStreamTrack,
    audio: MediaStreamTrack | undefined,
    signal: AbortSignal,
  ): Promise<WhipSession> {
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    try {
      const streams = [new MediaStream()];
      if (audio !== undefined) peer.addTransceiver(audio, { direction: "sendonly", streams });
      const picture = peer.addTransceiver(video, {
        ...{ direction: "sendonly", streams },
        sendEncodings: [{ maxBitrate: bitrateBps, maxFramerate: fps }],
      });
      picture.setCodecPreferences(publishingCodecs(RTCRtpSender.getCapabilities("video")?.codecs ?? []));
      // Candidates are looked for only after the answer has named the servers to ask (RFC 9725 §4.6).
      const offer = await peer.createOffer();
      const { answer, resource, link } = await post(url, key, offer.sdp ?? "", signal);
      const session = new WhipSession(peer, picture.sender, resource, key);
      const iceServers = iceServersOf(link);
      if (iceServers.length > 0) peer.setConfiguration({ bundlePolicy: "max-bundle", iceServers });
      await peer.setLocalDescription(offer);
      await peer.setRemoteDescription({ type: "answer", sdp: withBitrates(answer, bitrateBps) });
      await session.#keepSize();
      return session;
    } catch (cause) {
      peer.close();
      throw cause;
    }
  }

  /** Says goodbye, first, for a connection that is just closed is a lost one to the server. Never throws. */
  async close(): Promise<void> {
    await fetch(this.resource, {
      ...{ method: "DELETE", headers: { authorization: `Bearer ${this.key}` }, keepalive: true },
      signal: AbortSignal.timeout(GOODBYE_WITHIN_MS),
    }).catch(() => undefined);
    this.peer.close();
  }

  /** A stream that changes its size on the way breaks recordings: rather fewer frames. */
  async #keepSize(): Promise<void> {
    const parameters = this.videoSender.getParameters();
    const kept = { ...parameters, degradationPreference: "maintain-resolution" as const };
    await this.videoSender.setParameters(kept).catch(() => undefined);
  }
}

async function post(url: string, key: string, offer: string, signal: AbortSignal) {
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/sdp", authorization: `Bearer ${key}` },
      body: offer,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
  } catch (cause) {
    throw new WhipRefusal(0, undefined, cause instanceof Error ? cause.message : String(cause));
  }
  const text = await answer.text();
  const location = answer.headers.get("location");
  if (answer.status !== 201 || location === null) {
    const retryAfterS = Number(answer.headers.get("retry-after") ?? Number.NaN);
    const retryAfterMs = Number.isFinite(retryAfterS) ? retryAfterS * 1_000 : undefined;
    throw new WhipRefusal(answer.status, retryAfterMs, text.slice(0, 300));
  }
  const resource = new URL(location, answer.url || url).href;
  return { answer: text, resource, link: answer.headers.get("link") };
}
