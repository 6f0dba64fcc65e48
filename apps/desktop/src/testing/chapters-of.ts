import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** `seconds name` of each chapter, as ffprobe reads them. */
export async function chaptersOf(path: string): Promise<string[]> {
  const args = ["-v", "error", "-show_chapters", "-of", "json", path];
  const { stdout } = await promisify(execFile)("ffprobe", args);
  const { chapters } = JSON.parse(stdout) as {
    chapters: { start_time: string; tags: { title: string } }[];
  };
  return chapters.map(({ start_time, tags }) => `${Number(start_time).toFixed(2)} ${tags.title}`);
}
