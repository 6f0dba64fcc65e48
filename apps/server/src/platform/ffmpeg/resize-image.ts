import { runJob } from "./one-shot.ts";

const TIMEOUT_MS = 5_000;

/**
 * A JPEG of the given size, cut to its shape from the middle. What was uploaded is decoded and coded
 * anew, so nothing but the picture survives (no metadata, no second file inside the first).
 */
export function resizeImage(ffmpegPath: string) {
  return (
    image: Uint8Array,
    to: { readonly width: number; readonly height: number },
  ): Promise<Uint8Array> => {
    const { width, height } = to;
    const fill = `scale=${width}:${height}:force_original_aspect_ratio=increase,crop=${width}:${height}`;
    return runJob({
      path: ffmpegPath,
      input: { bytes: image },
      inputOptions: ["-threads", "1"],
      outputOptions: [
        ...["-an", "-frames:v", "1", "-map_metadata", "-1", "-vf", fill],
        ...["-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p", "-f", "image2pipe"],
      ],
      timeoutMs: TIMEOUT_MS,
      maxBytes: 1024 * 1024,
    });
  };
}
