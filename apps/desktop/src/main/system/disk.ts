import type { StatsFs } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

/** Of the folder, or of the next one above that is there: it is made with the first recording. */
export async function diskOf(folder: string): Promise<StatsFs | undefined> {
  const disk = await statfs(folder).catch(() => undefined);
  return disk !== undefined || dirname(folder) === folder ? disk : await diskOf(dirname(folder));
}
