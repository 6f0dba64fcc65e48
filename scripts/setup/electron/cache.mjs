import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cacheFolder } from "../mediasoup/cache.mjs";
import { inRoot } from "../paths.mjs";

/** Electron's folders lie beside the other things that set-up keeps for this user. */
export const electronCache = () => join(dirname(cacheFolder()), "electron");

export const electronPackage = createRequire(inRoot("apps/desktop/package.json"));

/** The version that package.json pins. @returns {string} */
export function pinnedVersion() {
  return JSON.parse(readFileSync(electronPackage.resolve("electron/package.json"), "utf8")).version;
}

const PROGRAM = { darwin: "Electron.app/Contents/MacOS/Electron", win32: "electron.exe" };

/**
 * The program in a folder that holds an Electron, if it is there whole.
 * @param {string} folder
 */
export function programIn(folder) {
  const name = PROGRAM[/** @type {keyof typeof PROGRAM} */ (process.platform)] ?? "electron";
  return existsSync(join(folder, name)) ? join(folder, name) : undefined;
}

/**
 * Of an Electron, which says it itself.
 * @param {string} folder
 */
export function versionIn(folder) {
  const file = join(folder, "version");
  return existsSync(file) ? readFileSync(file, "utf8").trim().replace(/^v/, "") : pinnedVersion();
}
