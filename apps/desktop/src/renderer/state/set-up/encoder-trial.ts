import type { ProbedEncoder } from "../../../contract/encoder-control.ts";
import { TRIAL_RATE, type Trial, tryAllSizes } from "../../../model/encoder-trials.ts";
import { h264Codec } from "../../engine/encode/h264-codec.ts";

const TRIAL_MS = 4_000;
const MAX_WAITING = 3;
const PICTURES = 4;

/**
 * How quick the browser's own H.264 is (WebCodecs), from a canvas as the engine has it: the same trial as ffmpeg's
 * encoders get. Null: there is none.
 */
export async function tryWebcodecs(): Promise<ProbedEncoder | null> {
  const speeds = await tryAllSizes(trial);
  return speeds === undefined ? null : { name: "webcodecs", ...speeds };
}

async function trial({ width, height, frames }: Trial): Promise<number | undefined> {
  const codec = h264Codec({
    ...{ id: "trial", width, height, encoder: "webcodecs", effort: "balanced", bFrames: false },
    ...{ ...TRIAL_RATE, keyframeIntervalMs: 2_000 },
  });
  const config: VideoEncoderConfig = {
    ...{ codec, width, height, framerate: TRIAL_RATE.fps, bitrate: TRIAL_RATE.bitrateBps },
    ...{ bitrateMode: "constant", latencyMode: "realtime", avc: { format: "annexb" } },
  };
  const known = await VideoEncoder.isConfigSupported(config).catch(() => null);
  if (known?.supported !== true) return undefined;
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
  return end === "broken" || made === 0 ? undefined : Math.round((made * 1_000) / tookMs);
}

async function feed(encoder: VideoEncoder, pictures: OffscreenCanvas[], frames: number): Promise<"done"> {
  for (let at = 0; at < frames && encoder.state === "configured"; at++) {
    while (encoder.state === "configured" && encoder.encodeQueueSize >= MAX_WAITING)
      await new Promise((resolve) => encoder.addEventListener("dequeue", resolve, { once: true }));
    const source = pictures[at % pictures.length];
    if (source === undefined || encoder.state !== "configured") break;
    const frame = new VideoFrame(source, {
      timestamp: Math.round((at * 1e6) / TRIAL_RATE.fps),
      alpha: "discard",
    });
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
