import { access, constants } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

/**
 * Programs to choose from, best first: FFMPEG_PATH alone where it is set; else the bundled one, whose behaviour is
 * known, and PATH's, which may drive hardware that the bundled one cannot.
 */
export async function findFfmpegs(env: Readonly<Record<string, string | undefined>>): Promise<string[]> {
  const own = env["FFMPEG_PATH"];
  if (own !== undefined && own !== "") return [own];
  const name = process.platform === "win32" ? "ffmpeg.exe" : "ffmpeg";
  const onPath = (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name));
  const found: string[] = [];
  for (const path of [bundled(), ...onPath]) {
    if (path !== undefined && !found.includes(path) && (await isExecutable(path))) found.push(path);
  }
  return found.slice(0, 2);
}

/** Undefined on a platform that the package does not serve. */
function bundled(): string | undefined {
  try {
    const { path } = createRequire(import.meta.url)("@ffmpeg-installer/ffmpeg") as { path: string };
    // A program inside the archive cannot be started: electron-builder lays it beside.
    return path.replace(/([\\/])app\.asar([\\/])/, "$1app.asar.unpacked$2");
  } catch {
    return undefined;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
