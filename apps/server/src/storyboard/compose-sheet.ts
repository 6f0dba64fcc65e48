import { runJob } from "../platform/ffmpeg/one-shot.ts";
import { rowsOf, SHEET_COLUMNS, type Sheet } from "./sheet.ts";

const TIMEOUT_MS = 10_000;

/** One JPEG of all pictures side by side; with fewer than a full sheet the last rows are left out. */
export async function composeSheet(
  ffmpegPath: string,
  pictures: readonly Uint8Array[],
  tile: Pick<Sheet, "tileWidth" | "tileHeight">,
): Promise<Uint8Array> {
  const fit = `scale=${tile.tileWidth}:${tile.tileHeight}`;
  const jpeg = await runJob({
    path: ffmpegPath,
    input: { bytes: Buffer.concat(pictures) },
    inputOptions: ["-threads", "1", "-f", "image2pipe", "-c:v", "mjpeg", "-framerate", "1"],
    outputOptions: [
      ...["-an", "-vf", `${fit},tile=${SHEET_COLUMNS}x${rowsOf(pictures.length)}`, "-frames:v", "1"],
      ...["-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p", "-threads", "1", "-f", "image2pipe"],
    ],
    timeoutMs: TIMEOUT_MS,
    maxBytes: 2 * 1024 * 1024,
  });
  if (jpeg.byteLength === 0) throw new Error("the pictures make no sheet");
  return jpeg;
}
