import { iceServersOf } from "@footlight/shared";
import { Store } from "@footlight/ui/store.ts";

export type WhipState =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** Nothing gets through at the moment; it may come back by itself. */
  | { readonly kind: "interrupted" }
  /** Tried again; `status` is what the server said, if anything. */
  | { readonly kind: "retrying"; readonly status: number | null }
  /** Will not come about by trying. */
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "ended" };

const RETRY_MS = 2_000;
/** A connection that is interrupted may come back by itself. */
const PATIENCE_MS = 5_000;
/** A server that does not answer must not keep the connection open. */
const END_MS = 3_000;
const VIDEO_BPS = 3_500_000;
/** A wrong key, a stream that is over, codecs that do not fit. */
const FINAL = new Set([400, 401, 403, 404, 406, 415, 422]);

/** Publishes tracks by WHIP (RFC 9725), and again after every break. */
export class WhipSender {
  readonly state = new Store<WhipState>({ kind: "connecting" });
  #connection: RTCPeerConnection | undefined;
  #sessionUrl: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    private readonly url: string,
    /** Asked for each time, and not kept. */
    private readonly fetchKey: () => Promise<string>,
    private readonly tracks: readonly MediaStreamTrack[],
  ) {}

  start(): void {
    void this.#publish();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#hangUp(true);
    this.state.set({ kind: "ended" });
  }

  async #publish(): Promise<void> {
    const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.#connection = connection;
    connection.addEventListener("connectionstatechange", () => this.#watch(connection));
    try {
      const stream = new MediaStream([...this.tracks]);
      for (const track of this.tracks) addTrack(connection, track, stream);
      // Candidates are looked for only after the answer has named the servers to ask (RFC 9725 §4.6).
      const offer = await connection.createOffer();
      const key = await this.fetchKey();
      const answer = await fetch(this.url, {
        method: "POST",
        headers: { "content-type": "application/sdp", authorization: `Bearer ${key}` },
        body: offer.sdp ?? "",
        credentials: "omit",
      });
      const sdp = await answer.text();
      const location = answer.headers.get("location") ?? "";
      if (this.#connection !== connection) {
        // Stopped meanwhile: nobody else would end what the server has begun.
        if (answer.status === 201) await endSession(new URL(location, answer.url).href, key);
        return;
      }
      if (answer.status !== 201) {
        this.#refused(answer.status);
        return;
      }
      this.#sessionUrl = new URL(location, answer.url).href;
      const iceServers = iceServersOf(answer.headers.get("link"));
      if (iceServers.length > 0)
        connection.setConfiguration({ ...connection.getConfiguration(), iceServers });
      await connection.setLocalDescription(offer);
      await connection.setRemoteDescription({ type: "answer", sdp });
    } catch {
      if (this.#connection === connection) this.#again(null);
    }
  }

  #refused(status: number): void {
    if (!FINAL.has(status)) {
      this.#again(status);
      return;
    }
    void this.#hangUp(false);
    this.state.set({ kind: "refused", status });
  }

  #watch(connection: RTCPeerConnection): void {
    if (this.#connection !== connection || this.#closed) return;
    clearTimeout(this.#timer);
    switch (connection.connectionState) {
      case "connected":
        this.state.set({ kind: "live" });
        break;
      case "disconnected":
        this.state.set({ kind: "interrupted" });
        this.#timer = setTimeout(() => this.#again(null), PATIENCE_MS);
        break;
      case "failed":
      case "closed":
        this.#again(null);
        break;
      case "new":
      case "connecting":
        break;
    }
  }

  #again(status: number | null): void {
    if (this.#closed) return;
    void this.#hangUp(true);
    this.state.set({ kind: "retrying", status });
    this.#timer = setTimeout(() => void this.#publish(), RETRY_MS);
  }

  /** `tell`: the session is ended by its URL first, for a server that sees the connection go forgets it. */
  async #hangUp(tell: boolean): Promise<void> {
    clearTimeout(this.#timer);
    const url = this.#sessionUrl;
    const connection = this.#connection;
    this.#connection = undefined;
    this.#sessionUrl = undefined;
    try {
      if (!tell || url === undefined) return;
      await endSession(url, await this.fetchKey());
    } catch {
      // The server notices by itself, a little later.
    } finally {
      connection?.close();
    }
  }
}

async function endSession(url: string, key: string): Promise<void> {
  const headers = { authorization: `Bearer ${key}` };
  const signal = AbortSignal.timeout(END_MS);
  await fetch(url, { method: "DELETE", headers, credentials: "omit", keepalive: true, signal });
}

function addTrack(connection: RTCPeerConnection, track: MediaStreamTrack, stream: MediaStream): void {
  const isVideo = track.kind === "video";
  const transceiver = connection.addTransceiver(track, {
    direction: "sendonly",
    streams: [stream],
    ...(isVideo && { sendEncodings: [{ maxBitrate: VIDEO_BPS, maxFramerate: 30 }] }),
  });
  if (!isVideo) return;
  const known = RTCRtpSender.getCapabilities("video")?.codecs ?? [];
  // H.264 goes to every tier without being encoded once more.
  const rank = ({ mimeType }: { mimeType: string }) => Number(!/\/(H264|rtx)$/i.test(mimeType));
  transceiver.setCodecPreferences([...known].sort((a, b) => rank(a) - rank(b)));
}
