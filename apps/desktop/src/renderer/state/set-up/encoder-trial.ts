import type { ProbedEncoder } from "../../../contract/encoder-control.ts";
import { h264Codec } from "../../engine/encode/h264-codec.ts";

const TRIALS = {
  fps360p: { width: 640, height: 360, frames: 60 },
  fps720p: { width: 1280, height: 720, frames: 30 },
  fps1080p: { width: 1920, height: 1080, frames: 20 },
} as const;
type Trial = (typeof TRIALS)[keyof typeof TRIALS];
const FPS = 30;
const TRIAL_MS = 4_000;
/** Slower than this in one size, it is of no use in the next larger one. */
const USABLE_FPS = 40;
const MAX_WAITING = 3;
const PICTURES = 4;

/**
 * How quick the browser's own H.264 is (WebCodecs), from a canvas as the engine has it: the same trial as ffmpeg's
 * encoders get. Null: there is none.
 */
export async function tryWebcodecs(): Promise<ProbedEncoder | null> {
  const fps360p = await trial(TRIALS.fps360p);
  if (fps360p === null) return null;
  const fps720p = (fps360p < USABLE_FPS ? null : await trial(TRIALS.fps720p)) ?? 0;
  const fps1080p = fps720p < USABLE_FPS ? null : await trial(TRIALS.fps1080p);
  return { name: "webcodecs", fps360p, fps720p, ...(fps1080p === null ? {} : { fps1080p }) };
}

async function trial({ width, height, frames }: Trial): Promise<number | null> {
  const codec = h264Codec({
    ...{ id: "trial", width, height, fps: FPS, encoder: "webcodecs", effort: "balanced", bFrames: false },
    ...{ bitrateBps: 3_000_000, keyframeIntervalMs: 2_000 },
  });
  const config: VideoEncoderConfig = {
    ...{ codec, width, height, framerate: FPS, bitrate: 3_000_000 },
    ...{ bitrateMode: "constant", latencyMode: "realtime", avc: { format: "annexb" } },
  };
  const known = await VideoEncoder.isConfigSupported(config).catch(() => null);
  if (known?.supported !== true) return null;
  const pictures = Array.from({ length: PICTURES }, (_, at) => picture(width, height, at / PICTURES));
  let made = 0;
  let breakOff = (_: "broken") => {};
  const broken = new Promise<"broken">((resolve) => {
    breakOff = resolve;
  });
  const encoder = new VideoEncoder({
    output: () => {
      made += 1;
    },
    error: () => breakOff("broken"),
  });
  encoder.configure(config);
  const beganMs = performance.now();
  const late = new Promise<"late">((resolve) => setTimeout(resolve, TRIAL_MS, "late"));
  const end = await Promise.race([feed(encoder, pictures, frames), broken, late]);
  const tookMs = performance.now() - beganMs;
  if (encoder.state === "configured") encoder.close();
  return end === "broken" || made === 0 ? null : Math.round((made * 1_000) / tookMs);
}

async function feed(encoder: VideoEncoder, pictures: OffscreenCanvas[], frames: number): Promise<"done"> {
  for (let at = 0; at < frames && encoder.state === "configured"; at++) {
    while (encoder.state === "configured" && encoder.encodeQueueSize >= MAX_WAITING)
      await new Promise((resolve) => encoder.addEventListener("dequeue", resolve, { once: true }));
    const source = pictures[at % pictures.length];
    if (source === undefined || encoder.state !== "configured") break;
    const frame = new VideoFrame(source, { timestamp: Math.round((at * 1e6) / FPS), alpha: "discard" });
    encoder.encode(frame, { keyFrame: at === 0 });
    frame.close();
  }
  if (encoder.state === "configured") await encoder.flush().catch(() => undefined);
  return "done";
}

/** Stripes that move from one picture to the next, so that there is something to encode. */
function picture(width: number, height: number, phase: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: false });
  if (context === null) return canvas;
  const stripe = width / 40;
  for (let at = -1; at < 41; at++) {
    context.fillStyle = `hsl(${(at * 47) % 360} 60% ${40 + (at % 3) * 15}%)`;
    context.fillRect((at + phase) * stripe, 0, stripe + 1, height);
  }
  context.fillStyle = "#fff8";
  for (let row = 0; row < 20; row++)
    context.fillRect(((row * 97) % width) + phase * 60, (row * height) / 20, width / 6, height / 40);
  return canvas;
}
