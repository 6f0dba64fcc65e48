import { runJob } from "../platform/ffmpeg/one-shot.ts";

const TIMEOUT_MS = 10_000;

/** A JPEG, at most 640 pixels wide, of a media segment's first picture. Rejects where there is none. */
export async function makeThumbnail(
  ffmpegPath: string,
  init: Uint8Array,
  segment: Uint8Array,
): Promise<Uint8Array> {
  const jpeg = await runJob({
    path: ffmpegPath,
    input: { bytes: Buffer.concat([init, segment]) },
    inputOptions: ["-threads", "1", "-f", "mp4"],
    outputOptions: [
      ...["-an", "-frames:v", "1", "-vf", "scale='min(640,iw)':-2"],
      ...["-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p", "-f", "image2pipe"],
    ],
    timeoutMs: TIMEOUT_MS,
    maxBytes: 2 * 1024 * 1024,
  });
  if (jpeg.byteLength === 0) throw new Error("the segment holds no picture");
  return jpeg;
}
