import type { Page } from "playwright-core";

/** What the browser says of what it receives (W3C webrtc-stats): the buffers since it was last asked, the rest since it began. */
export interface WhepStats {
  readonly pictureBufferMs: number;
  readonly soundBufferMs: number;
  readonly framesDecoded: number;
  readonly packetsLost: number;
  /** Loudest sample of the last moment, of 1. */
  readonly audioLevel: number;
}

/** A page of the browser that plays by WHEP with nothing of ours, as any standard player does. */
export class WhepViewer {
  private constructor(
    readonly page: Page,
    readonly sessionUrl: string,
    /** From the offer to the first picture. */
    readonly firstFrameMs: number,
  ) {}

  /**
   * Turns the page, which must be of an origin that may fetch from `url`, into a player. Resolves with the
   * first picture; rejects with `WHEP <status>: <body>` where the server refuses.
   */
  static async watch(page: Page, url: string): Promise<WhepViewer> {
    const { location, firstFrameMs } = await page.evaluate(watchFromPage, url);
    return new WhepViewer(page, new URL(location, url).href, firstFrameMs);
  }

  stats(): Promise<WhepStats> {
    return this.page.evaluate(async () => {
      const { held } = globalThis as unknown as Held;
      const stats = await held.pc.getStats();
      const out = {
        ...{ pictureBufferMs: 0, soundBufferMs: 0, framesDecoded: 0 },
        ...{ packetsLost: 0, audioLevel: 0 },
      };
      for (const report of stats.values()) {
        if (report.type !== "inbound-rtp") continue;
        const before = held.before?.get(report.id) ?? { jitterBufferDelay: 0, jitterBufferEmittedCount: 0 };
        const emitted = report.jitterBufferEmittedCount - before.jitterBufferEmittedCount;
        const waitedS = report.jitterBufferDelay - before.jitterBufferDelay;
        const bufferMs = (1_000 * waitedS) / Math.max(1, emitted);
        out.packetsLost += report.packetsLost ?? 0;
        if (report.kind === "video") {
          out.pictureBufferMs = bufferMs;
          out.framesDecoded = report.framesDecoded ?? 0;
        } else {
          out.soundBufferMs = bufferMs;
          out.audioLevel = report.audioLevel ?? 0;
        }
      }
      held.before = stats;
      return out;
    });
  }

  connectionState(): Promise<RTCPeerConnectionState> {
    return this.page.evaluate(() => (globalThis as unknown as Held).held.pc.connectionState);
  }

  /** DELETE, as a player does that leaves; its status. */
  async leave(): Promise<number> {
    const { status } = await fetch(this.sessionUrl, { method: "DELETE" });
    await this.page.evaluate(() => (globalThis as unknown as Held).held.pc.close());
    return status;
  }
}

interface Held {
  held: { readonly pc: RTCPeerConnection; before?: RTCStatsReport };
}

/** Runs in the page: nothing from outside of it may be named. */
async function watchFromPage(url: string): Promise<{ location: string; firstFrameMs: number }> {
  const beganMs = performance.now();
  const video = Object.assign(document.createElement("video"), { autoplay: true, playsInline: true });
  document.body.replaceChildren(video);
  const pc = new RTCPeerConnection();
  Object.assign(globalThis, { held: { pc } });
  const stream = new MediaStream();
  video.srcObject = stream;
  pc.addEventListener("track", ({ track, receiver }) => {
    // As little as possible; Chromium takes more where the line asks for it.
    Object.assign(receiver, { jitterBufferTarget: 0 });
    stream.addTrack(track);
  });
  pc.addTransceiver("video", { direction: "recvonly" });
  pc.addTransceiver("audio", { direction: "recvonly" });
  await pc.setLocalDescription();
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/sdp" },
    body: pc.localDescription?.sdp ?? "",
  });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`WHEP ${answer.status}: ${text}`);
  const shown = new Promise<void>((resolve) => {
    video.requestVideoFrameCallback(() => resolve());
  });
  await pc.setRemoteDescription({ type: "answer", sdp: text });
  await shown;
  return { location: answer.headers.get("location") ?? "", firstFrameMs: performance.now() - beganMs };
}
