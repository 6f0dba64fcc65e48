import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { median } from "./chromium.ts";

/** When flashes are shown and beeps sound, ms of the page's one clock. */
interface Perceived {
  readonly flashes: readonly number[];
  readonly beeps: readonly number[];
}

/**
 * What the video element of a page puts out. The picture: the display time of each first bright frame
 * (requestVideoFrameCallback). The sound: the element's own output through WebAudio, sample by sample,
 * put on the same clock by AudioContext.getOutputTimestamp. Nothing comes from timestamps of the stream.
 * (A ScriptProcessorNode, because our content policy rightly lets no foreign worklet into the page.)
 */
const perceive = (page: Page, flashes: number): Promise<Perceived> =>
  page.evaluate(async (enough) => {
    const video = document.querySelector("video");
    const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    if (video === null || paint === null) throw new Error("no video, or no canvas");
    const seen: { flashes: number[]; beeps: number[] } = { flashes: [], beeps: [] };
    const context = new AudioContext({ sampleRate: 48_000 });
    await context.resume();
    const tap = context.createScriptProcessor(512, 2, 2);
    let quietSamples = 0;
    tap.onaudioprocess = ({ inputBuffer, playbackTime }) => {
      const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
      inputBuffer.getChannelData(0).forEach((sample, i) => {
        if (Math.abs(sample) < 0.05) quietSamples += 1;
        else {
          // After at least 0.3 s of silence it is a new one.
          if (quietSamples > 14_400) {
            const atS = playbackTime + i / context.sampleRate;
            seen.beeps.push(performanceTime + (atS - contextTime) * 1_000);
          }
          quietSamples = 0;
        }
      });
    };
    // Chromium gives WebRTC's sound to WebAudio by its stream only.
    const source =
      video.srcObject instanceof MediaStream
        ? context.createMediaStreamSource(video.srcObject)
        : context.createMediaElementSource(video);
    source.connect(tap).connect(context.destination);
    let wasBright = true;
    await new Promise<void>((resolve) => {
      const look = (_now: number, frame: VideoFrameCallbackMetadata) => {
        paint.drawImage(video, 0, video.videoHeight * 0.87, video.videoWidth, 8, 0, 0, 1, 1);
        const bright = (paint.getImageData(0, 0, 1, 1).data[0] ?? 0) > 128;
        if (bright && !wasBright) seen.flashes.push(frame.expectedDisplayTime);
        wasBright = bright;
        // The beep to the last flash is heard within the following half second, which is dark.
        const sinceMs = frame.expectedDisplayTime - (seen.flashes[enough - 1] ?? Number.POSITIVE_INFINITY);
        if (sinceMs < 500) video.requestVideoFrameCallback(look);
        else resolve();
      };
      video.requestVideoFrameCallback(look);
    });
    return seen;
  }, flashes);

/**
 * Median of how much later than the flash the beep is, ms, over some seconds of a playing page. Within a
 * page it is the same to a millisecond, from page to page it differs by up to 20 ms: by where frames fall
 * between refreshes (16.7 ms) and sound between the output's buffers.
 */
export async function soundDelayMs(page: Page): Promise<number> {
  const { flashes, beeps } = await perceive(page, 5);
  const delays = flashes.flatMap((flash) => {
    const nearest = beeps.map((beep) => beep - flash).sort((a, b) => Math.abs(a) - Math.abs(b))[0];
    return nearest !== undefined && Math.abs(nearest) < 500 ? [nearest] : [];
  });
  if (delays.length < 4)
    throw new Error(`too few flashes with a beep: ${JSON.stringify({ flashes, beeps })}`);
  return median(delays);
}

/**
 * The same of a file in which both are at exactly the same time: what this way of measuring, and this
 * browser's sound output without a sound card, add by themselves.
 */
export async function ownDelayMs(page: Page): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "footlight-sync-"));
  try {
    const file = join(folder, "reference.mp4");
    const picture =
      "color=black:s=640x360:r=30,drawbox=y=288:h=72:color=white:t=fill:enable='lt(mod(t,1),0.099)'";
    const sound =
      "aevalsrc='0.4*lt(mod(t,1),0.1)*sin(2*PI*1000*t)|0.4*lt(mod(t,1),0.1)*sin(2*PI*1000*t)':s=48000";
    await promisify(execFile)("ffmpeg", [
      ...["-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound],
      ...["-t", "8", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", file],
    ]);
    const src = `data:video/mp4;base64,${(await readFile(file)).toString("base64")}`;
    const delays: number[] = [];
    for (let round = 0; round < 2; round += 1) {
      await page.setContent("<video></video>");
      await page.evaluate(async (src) => {
        const video = document.querySelector("video");
        if (video === null) throw new Error("no video");
        video.src = src;
        await video.play();
      }, src);
      delays.push(await soundDelayMs(page));
    }
    return median(delays);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
