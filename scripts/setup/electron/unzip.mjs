import { createWriteStream, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { electronPackage } from "./cache.mjs";

/**
 * Unzips what is wanted: `place` gives an entry's path below `folder`, or undefined to leave it out.
 * @param {string} zip
 * @param {string} folder
 * @param {(entry: string) => string | undefined} place
 */
export async function unzip(zip, folder, place) {
  const ofElectron = createRequire(electronPackage.resolve("electron/package.json"));
  const yauzl = createRequire(ofElectron.resolve("extract-zip"))("yauzl");
  const file = await promisify(yauzl.open)(zip, { lazyEntries: true });
  const open = promisify(file.openReadStream.bind(file));
  await new Promise((/** @type {(value?: unknown) => void} */ resolve, reject) => {
    file.on("error", reject);
    file.on("end", resolve);
    file.on("entry", async (/** @type {{ fileName: string, externalFileAttributes: number }} */ entry) => {
      try {
        const path = entry.fileName.endsWith("/") ? undefined : place(entry.fileName);
        if (path !== undefined) {
          const full = join(folder, path);
          mkdirSync(dirname(full), { recursive: true });
          const mode = (entry.externalFileAttributes >>> 16) & 0o777;
          await pipeline(await open(entry), createWriteStream(full, { mode: mode || 0o644 }));
        }
        file.readEntry();
      } catch (error) {
        reject(error);
      }
    });
    file.readEntry();
  });
}
