import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** What a worker ends with when it is started with no environment, which is how far it gets with all its libraries there. */
const TRUSTED_EXIT = 41;
const LOCK_POLL_MS = 500;

/** @param {NodeJS.ProcessEnv} [env] */
export function cacheFolder(env = process.env) {
  return join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "footlight", "mediasoup-worker");
}

/**
 * Names a worker by all that decides what it is: another recipe is another worker.
 * @param {{ version: string, platform: string, arch: string, recipe: readonly (string | Uint8Array)[] }} of
 */
export function workerKey({ version, platform, arch, recipe }) {
  const hash = createHash("sha256");
  for (const part of recipe) hash.update(createHash("sha256").update(part).digest());
  return `${version}-${platform}-${arch}-${hash.digest("hex").slice(0, 12)}`;
}

/** It is there and starts on this machine: a library may be gone, or another architecture share the folder. @param {string} binary */
export function isTrusted(binary) {
  if (!existsSync(binary)) return false;
  return spawnSync(binary, [], { env: {}, stdio: "ignore", timeout: 5_000 }).status === TRUSTED_EXIT;
}

/** Keeps a binary in the cache, whole or not at all. @param {string} binary @param {string} place */
export function keep(binary, place) {
  mkdirSync(dirname(place), { recursive: true });
  const draft = `${place}.${process.pid}`;
  copyFileSync(binary, draft);
  chmodSync(draft, 0o755);
  renameSync(draft, place);
}

/**
 * Works in a folder beside the cached binaries that is gone afterwards. One that a killed set-up left is removed.
 * @template T
 * @param {string} cache
 * @param {(folder: string) => Promise<T>} work
 */
export async function inScratch(cache, work) {
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache)) {
    const [, pid] = /^build-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(cache, name), { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(cache, `build-${process.pid}-`));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * One set-up at a time: a second one waits, and then finds the first one's work done. A lock whose
 * owner has died counts for nothing.
 * @template T
 * @param {string} file
 * @param {{ onWait: () => void }} options
 * @param {() => Promise<T>} work
 */
export async function withLock(file, { onWait }, work) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!take(file)) {
    if (!told) onWait();
    told = true;
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file @returns {boolean} */
function take(file) {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, String(process.pid));
  try {
    // Unlike a file that is opened and then written, a link is never seen empty.
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    rmSync(draft);
  }
  try {
    if (isAlive(Number(readFileSync(file, "utf8")))) return false;
    // Of two that remove a dead one's lock both may go on; that costs a second build.
    rmSync(file, { force: true });
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  return take(file);
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
