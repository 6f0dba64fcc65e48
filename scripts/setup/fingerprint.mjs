import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inRoot } from "./paths.mjs";

/**
 * A hash over the names and bytes of files and folders (paths from the root; what is missing counts
 * as missing). By content, so that a fresh clone, a checkout or a touched file rebuilds nothing.
 * @param {readonly string[]} paths
 * @param {(path: string) => boolean} [wanted]
 */
export function fingerprint(paths, wanted = () => true) {
  const hash = createHash("sha256").update(process.version);
  for (const path of paths) add(hash, path, wanted);
  return hash.digest("hex");
}

/**
 * @param {import("node:crypto").Hash} hash
 * @param {string} path
 * @param {(path: string) => boolean} wanted
 */
function add(hash, path, wanted) {
  if (!wanted(path)) return;
  const full = inRoot(path);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (stat?.isDirectory()) {
    for (const name of readdirSync(full).sort()) add(hash, `${path}/${name}`, wanted);
    return;
  }
  hash.update(`\0${path}\0${stat?.size ?? "missing"}\0`);
  if (stat !== undefined) hash.update(readFileSync(full));
}

/** Remembers in an output folder what it was made of. */
export class Stamp {
  /** @param {string} folder from the root */
  constructor(folder) {
    this.file = join(inRoot(folder), ".inputs");
  }

  /** @param {string} value */
  matches(value) {
    return existsSync(this.file) && readFileSync(this.file, "utf8") === value;
  }

  clear() {
    rmSync(this.file, { force: true });
  }

  /** @param {string} value */
  write(value) {
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, value);
  }
}
