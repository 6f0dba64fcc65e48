import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import pino, { type Logger } from "pino";

/** To the terminal and to a file of the profile; keys and tokens are never given to it. */
export function makeLog(folder: string): Logger {
  mkdirSync(join(folder, "logs"), { recursive: true, mode: 0o700 });
  const path = join(folder, "logs/studio.log");
  // One run before this one is kept.
  if (existsSync(path)) renameSync(path, join(folder, "logs/studio.previous.log"));
  const file = pino.destination({ dest: path, sync: true, mkdir: true });
  return pino(
    { level: "info", base: null },
    pino.multistream([{ stream: process.stderr }, { stream: file }]),
  );
}
