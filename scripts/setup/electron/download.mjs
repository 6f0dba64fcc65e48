import { renameSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { step } from "../progress.mjs";
import { electronPackage, pinnedVersion } from "./cache.mjs";

const PROBE_MS = 5_000;
const DOWNLOAD_MS = 300_000;

/**
 * Electron as its own package gets it, checked against the package's checksums, into `place`. False where its
 * host cannot be reached.
 * @param {string} scratch
 * @param {string} place
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function downloadElectron(scratch, place, env = process.env) {
  const host = env["ELECTRON_MIRROR"] || "https://github.com";
  // A host out of reach would be waited for as long as the network does.
  const signal = AbortSignal.timeout(PROBE_MS);
  if (!(await fetch(host, { method: "HEAD", signal }).catch(() => undefined))) return false;
  const ofElectron = createRequire(electronPackage.resolve("electron/package.json"));
  const { downloadArtifact } = ofElectron("@electron/get");
  const version = pinnedVersion();
  return await step(`downloading Electron ${version}`, async () => {
    try {
      const zip = await downloadArtifact({
        version,
        artifactName: "electron",
        platform: process.platform,
        arch: process.arch,
        checksums: electronPackage("electron/checksums.json"),
        cacheRoot: join(scratch, "downloads"),
        downloadOptions: { timeout: { request: DOWNLOAD_MS } },
      });
      await ofElectron("extract-zip")(zip, { dir: join(scratch, "electron") });
    } catch {
      return false;
    }
    renameSync(join(scratch, "electron"), place);
    return true;
  });
}
