import { rename, rm, stat } from "node:fs/promises";
import { FfmpegProcess } from "../ffmpeg/ffmpeg-process.ts";

/**
 * A recording as a plain MP4 with its index in front. The result appears whole or not at all: until then it has
 * another name. Rejects with ffmpeg's last words.
 *
 * @param onProgress 0 to 1, a few times a second
 */
export async function remux(
  ffmpegPath: string,
  from: string,
  to: string,
  onProgress: (progress: number) => void = () => {},
): Promise<void> {
  const { size } = await stat(from);
  const partial = `${to}.part`;
  const args = ["-y", "-i", from, "-map", "0", "-c", "copy", "-movflags", "+faststart", "-f", "mp4"];
  // stdout tells how far it is; the file is not there.
  const process = new FfmpegProcess(ffmpegPath, [...args, "-progress", "pipe:1", partial], (data) => {
    const written = /total_size=(\d+)/g.exec(data.toString("latin1"))?.[1];
    if (written !== undefined && size > 0) onProgress(Math.min(0.99, Number(written) / size));
  });
  const { code, words } = await process.exited;
  if (code === 0) {
    await rename(partial, to);
    onProgress(1);
    return;
  }
  await rm(partial, { force: true });
  throw new Error(words.split("\n").at(-1) || `ffmpeg ended with ${code}`);
}
