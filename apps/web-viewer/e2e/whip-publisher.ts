import type { Page } from "playwright-core";
import { CODE_AREA, CODE_CELLS } from "../../server/src/testing/clock-code.ts";

export interface WhipPicture {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** First in the offer; Chromium has more to choose from. */
  readonly codec: "H264" | "VP8";
  /**
   * A camera that the browser makes up, or a canvas: one that flashes and beeps on each full second, or one
   * that shows when it was drawn, for `watchFrames`, and sounds all the time.
   */
  readonly source: "camera" | "flash" | "clock";
  readonly maxBitrate?: number;
  /** Three layers, each of half the size of the next, under rids. */
  readonly simulcast?: boolean;
}

/** A page of the browser that publishes by WHIP, as a web studio would (RFC 9725), with nothing of ours. */
export class WhipPublisher {
  private constructor(
    readonly page: Page,
    readonly sessionUrl: string,
    private readonly token: string,
  ) {}

  /** Rejects with `WHIP <status>: <body>` where the server refuses. */
  static async publish(page: Page, url: string, token: string, picture: WhipPicture): Promise<WhipPublisher> {
    const location = await page.evaluate(publishFromPage, {
      ...{ url, token, picture },
      code: { area: CODE_AREA, cells: CODE_CELLS },
    });
    return new WhipPublisher(page, new URL(location, url).href, token);
  }

  /** The size and rate that the encoder makes now. */
  outbound(): Promise<{ width: number; height: number; fps: number; keyFrames: number }> {
    return this.page.evaluate(async () => {
      const stats = await (globalThis as unknown as Held).held.pc.getStats();
      for (const report of stats.values()) {
        if (report.type !== "outbound-rtp" || report.kind !== "video") continue;
        const { frameWidth = 0, frameHeight = 0, framesPerSecond = 0, keyFramesEncoded = 0 } = report;
        return { width: frameWidth, height: frameHeight, fps: framesPerSecond, keyFrames: keyFramesEncoded };
      }
      return { width: 0, height: 0, fps: 0, keyFrames: 0 };
    });
  }

  /** How many of them have sent something. */
  layers(): Promise<number> {
    return this.page.evaluate(async () => {
      const stats = await (globalThis as unknown as Held).held.pc.getStats();
      const reports = [...(stats as unknown as Map<string, Record<string, unknown>>).values()];
      return reports.filter(
        ({ type, kind, bytesSent }) => type === "outbound-rtp" && kind === "video" && Number(bytesSent) > 0,
      ).length;
    });
  }

  async unpublish(): Promise<number> {
    const headers = { authorization: `Bearer ${this.token}` };
    const answer = await fetch(this.sessionUrl, { method: "DELETE", headers });
    await this.hangUp();
    return answer.status;
  }

  /** Goes without a goodbye to HTTP. */
  hangUp(): Promise<void> {
    return this.page.evaluate(() => (globalThis as unknown as Held).held.pc.close());
  }
}

interface Held {
  held: { readonly pc: RTCPeerConnection };
}

/** Runs in the page: nothing from outside of it may be named. */
async function publishFromPage({
  url,
  token,
  picture,
  code,
}: {
  url: string;
  token: string;
  picture: WhipPicture;
  code: { area: typeof CODE_AREA; cells: number };
}): Promise<string> {
  const { width, height, fps, codec, source, maxBitrate, simulcast = false } = picture;

  const camera = (): Promise<MediaStream> =>
    navigator.mediaDevices.getUserMedia({ audio: true, video: { width, height, frameRate: fps } });

  /** The row of testing/clock-code.ts: what runs in a page can name nothing outside. */
  const paintClock = (paint: CanvasRenderingContext2D, nowMs: number) => {
    let sum = 0;
    for (let rest = nowMs; rest > 0; rest = Math.floor(rest / 16)) sum = (sum * 3 + (rest % 16) + 1) % 16;
    const { area, cells } = code;
    const cellWidth = (area.width * width) / cells;
    for (let i = 0; i < cells; i += 1) {
      const isWhite = Math.floor((nowMs * 16 + sum) / 2 ** (cells - 1 - i)) % 2 === 1;
      paint.fillStyle = isWhite ? "white" : "black";
      const x = area.left * width + i * cellWidth;
      paint.fillRect(x, area.top * height, Math.ceil(cellWidth), area.height * height);
    }
  };

  const canvasAndTone = async (): Promise<MediaStream> => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const paint = canvas.getContext("2d");
    if (paint === null) throw new Error("no canvas");
    const context = new AudioContext({ sampleRate: 48_000 });
    const tone = new OscillatorNode(context, { frequency: 1_000 });
    const gate = new GainNode(context, { gain: 0 });
    const sink = new MediaStreamAudioDestinationNode(context);
    tone.connect(gate).connect(sink);
    tone.start();
    await context.resume();
    const beganMs = performance.now();
    const beganS = context.currentTime;
    if (source === "clock") gate.gain.value = 0.2;
    for (let second = 1; second < 600 && source === "flash"; second += 1) {
      gate.gain.setValueAtTime(0.4, beganS + second);
      gate.gain.setValueAtTime(0, beganS + second + 0.1);
    }
    const draw = () => {
      const atMs = performance.now() - beganMs;
      paint.fillStyle = `hsl(${(atMs / 20) % 360} 60% 40%)`;
      paint.fillRect(0, 0, width, height * 0.8);
      paint.fillStyle = "white";
      paint.fillRect((atMs / 5) % width, height * 0.3, width / 8, height / 4);
      paint.fillStyle = atMs >= 1_000 && atMs % 1_000 < 100 ? "white" : "black";
      paint.fillRect(0, height * 0.8, width, height * 0.2);
      if (source === "clock") paintClock(paint, Math.round(performance.timeOrigin + performance.now()));
    };
    draw();
    setInterval(draw, 1_000 / fps);
    const [audio] = sink.stream.getAudioTracks();
    const stream = canvas.captureStream(fps);
    if (audio !== undefined) stream.addTrack(audio);
    return stream;
  };

  const stream = await (source === "camera" ? camera() : canvasAndTone());
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  Object.assign(globalThis, { held: { pc, stream } });
  for (const track of stream.getTracks()) {
    const layers = ["q", "h", "f"].map((rid, i) => ({ rid, scaleResolutionDownBy: 4 / 2 ** i }));
    const single = maxBitrate === undefined ? [] : [{ maxBitrate }];
    const sendEncodings = track.kind !== "video" ? [] : simulcast ? layers : single;
    const init = sendEncodings.length > 0 ? { sendEncodings } : {};
    const transceiver = pc.addTransceiver(track, { direction: "sendonly", streams: [stream], ...init });
    if (track.kind !== "video") continue;
    const known = RTCRtpSender.getCapabilities("video")?.codecs ?? [];
    const first = (mimeType: string) => Number(mimeType.toUpperCase() !== `VIDEO/${codec}`);
    transceiver.setCodecPreferences(
      [...known]
        .sort((a, b) => first(a.mimeType) - first(b.mimeType))
        .filter(({ mimeType }) => {
          // The server prefers H.264 wherever it is offered.
          return codec === "H264" || mimeType.toUpperCase() !== "VIDEO/H264";
        }),
    );
  }
  const offer = await pc.createOffer();
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/sdp", authorization: `Bearer ${token}` },
    body: offer.sdp ?? "",
  });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`WHIP ${answer.status}: ${text}`);
  const links = (answer.headers.get("link") ?? "").matchAll(
    /<(turn[^>]+)>; rel="ice-server"; username="([^"]*)"; credential="([^"]*)"/g,
  );
  const iceServers = [...links].map(([, urls = "", username = "", credential = ""]) => ({
    ...{ urls, username, credential },
  }));
  pc.setConfiguration({ ...pc.getConfiguration(), iceServers });
  await pc.setLocalDescription(offer);
  await pc.setRemoteDescription({ type: "answer", sdp: text });
  return answer.headers.get("location") ?? "";
}
