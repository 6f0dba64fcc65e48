/**
 * WHIP → WHEP, camera to eye: a page of Chromium publishes a canvas with a burnt-in clock and plays it back,
 * by turns through the server and through bare mediasoup. Also from asking for it to its first frame.
 * 640x360@30, loopback. `npm run bench -- rtc [seconds a turn 10] [turns 3]`
 */
import type { Page } from "playwright-core";
import { CODE_AREA, CODE_CELLS } from "../apps/server/src/testing/clock-code.ts";
import { RestClient } from "../apps/server/src/testing/rest-client.ts";
import { TestServer } from "../apps/server/src/testing/test-server.ts";
import { TestBrowser, watchFrames } from "../apps/web-viewer/e2e/chromium.ts";
import { median, printMachine, quantile } from "./machine.ts";
import { BareEcho } from "./rtc-echo.ts";

/** SDP offer → answer. */
interface Way {
  readonly name: string;
  publish(offer: string): Promise<string>;
  watch(offer: string): Promise<string>;
  /** Ends what is published. */
  stop(): Promise<void>;
}

interface Turn {
  readonly delaysMs: readonly number[];
  /** Offer made → frame shown: with a keyframe asked for, as the source has just begun or long been there. */
  readonly firstFrameMs: number;
}

const seconds = Number(process.argv[2] ?? 10);
const turns = Number(process.argv[3] ?? 3);
const SETTLE_MS = 4_000;
/** Keyframes are asked for each 2 s: viewers do not all come just then, when another one has to wait. */
const LATER_MS = 370;

printMachine();
// The stream outlives the other way's turn.
await using server = await TestServer.start({ LOG_LEVEL: "warn", RECONNECT_GRACE_MS: "90000" });
await using echo = await BareEcho.create();
await using browser = await TestBrowser.launch();
const ways = [await ours(server), bare(echo)];
const measured = new Map<string, Turn[]>(ways.map(({ name }) => [name, []]));
for (let turn = 0; turn < turns; turn += 1) {
  for (const way of ways) measured.get(way.name)?.push(await measure(way, turn));
}
const medians = ways.map(({ name }) => report(name, measured.get(name) ?? []));
console.log(`WHIP → WHEP is ${((medians[0] ?? 0) / (medians[1] ?? 1)).toFixed(2)} × bare mediasoup`);

function report(name: string, all: readonly Turn[]): number {
  const delays = all.flatMap(({ delaysMs }) => delaysMs);
  const first = all.map(({ firstFrameMs }) => Math.round(firstFrameMs));
  console.log(
    `${name}: made → shown, median ${median(delays).toFixed(1)} ms [p5 ${quantile(delays, 0.05).toFixed(1)}, p95 ${quantile(delays, 0.95).toFixed(1)}], ${delays.length} frames; asked → first frame ${Math.round(median(first))} ms of ${first}`,
  );
  return median(delays);
}

async function ours(server: TestServer): Promise<Way> {
  const user = await RestClient.signUp(server.url, "bench");
  const { stream_id, stream_key } = await user.startStream({ title: "WebRTC", latency_mode: "ultra-low" });
  const post = async (path: string, offer: string, token?: string) => {
    const answer = await fetch(`${server.url}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/sdp",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: offer,
    });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return { sdp: await answer.text(), session: new URL(answer.headers.get("location") ?? "", server.url) };
  };
  let session: URL | undefined;
  return {
    name: "footlight",
    publish: async (offer) => {
      const made = await post("/whip", offer, stream_key);
      session = made.session;
      return made.sdp;
    },
    watch: async (offer) => (await post(`/whep/${stream_id}`, offer)).sdp,
    stop: async () => {
      if (session === undefined) return;
      await fetch(session, { method: "DELETE", headers: { authorization: `Bearer ${stream_key}` } });
    },
  };
}

function bare(echo: BareEcho): Way {
  return {
    name: "bare mediasoup",
    publish: (offer) => echo.publish(offer),
    watch: (offer) => echo.watch(offer),
    stop: async () => {},
  };
}

async function measure(way: Way, turn: number): Promise<Turn> {
  const page = await browser.context.newPage();
  try {
    await page.exposeFunction("publish", (offer: string) => way.publish(offer));
    await page.exposeFunction("watch", (offer: string) => way.watch(offer));
    await page.setContent("<video autoplay muted width=640 height=360></video>");
    await publishClock(page);
    await page.waitForTimeout(SETTLE_MS + (turn + 1) * LATER_MS);
    const firstFrameMs = await watch(page);
    await page.waitForTimeout(SETTLE_MS);
    const frames = await watchFrames(page, seconds * 1_000);
    return { delaysMs: frames.map(({ madeAtMs, shownAtMs }) => shownAtMs - madeAtMs), firstFrameMs };
  } finally {
    await way.stop();
    await page.close();
  }
}

interface InPage {
  publish(offer: string): Promise<string>;
  watch(offer: string): Promise<string>;
}

function publishClock(page: Page): Promise<void> {
  return page.evaluate(
    async ({ area, cells }) => {
      // As testing/clock-code.ts has it: what is sent to a page can name nothing outside.
      const encode = (ms: number) => {
        let sum = 0;
        for (let rest = ms; rest > 0; rest = Math.floor(rest / 16)) sum = (sum * 3 + (rest % 16) + 1) % 16;
        const value = ms * 16 + sum;
        return Array.from({ length: cells }, (_, i) => Math.floor(value / 2 ** (cells - 1 - i)) % 2 === 1);
      };
      const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
      const paint = canvas.getContext("2d");
      if (paint === null) throw new Error("no canvas");
      const draw = () => {
        const nowMs = Math.round(performance.timeOrigin + performance.now());
        paint.fillStyle = `hsl(${(nowMs / 20) % 360} 60% 40%)`;
        paint.fillRect(0, 0, 640, 360);
        const width = (area.width * 640) / cells;
        for (const [index, isWhite] of encode(nowMs).entries()) {
          paint.fillStyle = isWhite ? "white" : "black";
          paint.fillRect(
            area.left * 640 + index * width,
            area.top * 360,
            Math.ceil(width),
            area.height * 360,
          );
        }
      };
      draw();
      setInterval(draw, 1_000 / 30);
      const pc = new RTCPeerConnection();
      const [track] = canvas.captureStream(30).getVideoTracks();
      if (track === undefined) throw new Error("no track");
      const transceiver = pc.addTransceiver(track, {
        direction: "sendonly",
        sendEncodings: [{ maxBitrate: 1_000_000 }],
      });
      const codecs = RTCRtpSender.getCapabilities("video")?.codecs ?? [];
      transceiver.setCodecPreferences(
        codecs.filter(({ mimeType, sdpFmtpLine = "" }) =>
          mimeType === "video/H264"
            ? /42e01f/.test(sdpFmtpLine) && /mode=1/.test(sdpFmtpLine)
            : /rtx/.test(mimeType),
        ),
      );
      await pc.setLocalDescription(await pc.createOffer());
      const sdp = await (globalThis as unknown as InPage).publish(pc.localDescription?.sdp ?? "");
      await pc.setRemoteDescription({ type: "answer", sdp });
    },
    { area: CODE_AREA, cells: CODE_CELLS },
  );
}

/** Connects a viewer; offer → first frame, ms. */
function watch(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const startedMs = performance.now();
    const pc = new RTCPeerConnection();
    const video = document.querySelector("video");
    if (video === null) throw new Error("no video");
    pc.addEventListener("track", ({ track, receiver }) => {
      if (track.kind !== "video") return;
      Object.assign(receiver, { jitterBufferTarget: 0, playoutDelayHint: 0 });
      video.srcObject = new MediaStream([track]);
    });
    pc.addTransceiver("video", { direction: "recvonly" });
    await pc.setLocalDescription(await pc.createOffer());
    const sdp = await (globalThis as unknown as InPage).watch(pc.localDescription?.sdp ?? "");
    await pc.setRemoteDescription({ type: "answer", sdp });
    return new Promise<number>((resolve) => {
      video.requestVideoFrameCallback((_now, { presentationTime }) => resolve(presentationTime - startedMs));
    });
  });
}
