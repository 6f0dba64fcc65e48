import { basename, dirname, join } from "node:path";
import type { StudioDocument } from "../../model/document.ts";
import { type ObsProfileFiles, readIni, readObsProfile } from "../../model/obs/obs-profile.ts";
import { readText } from "../system/json-file.ts";

const read = (...path: string[]) => readText(join(...path)).catch(() => undefined);

/** What OBS keeps beside a profile's `basic.ini`. */
export async function profileFilesBeside(path: string): Promise<ObsProfileFiles> {
  const folder = dirname(path);
  if (basename(path) !== "basic.ini") return {};
  return {
    "streamEncoder.json": await read(folder, "streamEncoder.json"),
    "service.json": await read(folder, "service.json"),
  };
}

/**
 * The canvas that the places of a scene collection were made for. OBS keeps it in the profile that is in use, so it is
 * found only where the file still lies in OBS' own folder; else `otherwise`.
 */
export async function canvasOf(
  path: string,
  otherwise: StudioDocument["canvas"],
): Promise<StudioDocument["canvas"]> {
  const folder = dirname(path);
  // The settings of a user have moved from one file to the other with OBS 31.
  const settings = (await read(folder, "../../user.ini")) ?? (await read(folder, "../../global.ini"));
  const inUse = settings && readIni(settings).get("Basic")?.get("ProfileDir");
  // A name of one folder, which leads nowhere else.
  if (!inUse || basename(inUse) !== inUse) return otherwise;
  const text = await read(folder, "../profiles", inUse, "basic.ini");
  const profile = text === undefined ? null : readObsProfile(text);
  return { ...otherwise, ...profile?.canvas, fps: profile?.fps ?? otherwise.fps };
}
