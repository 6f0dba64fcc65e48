import { spawn } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
} from "node:fs";
import { setPriority } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureDebianPackages } from "./debian.mjs";
import { BUILD_NEEDS, buildWorker } from "./mediasoup/build.mjs";
import { cacheFolder, inScratch, isTrusted, keep, withLock, workerKey } from "./mediasoup/cache.mjs";
import { downloadWorker } from "./mediasoup/download.mjs";
import { inRoot } from "./paths.mjs";
import { SetupError, say, step } from "./progress.mjs";

/**
 * The mediasoup worker, the program that moves the media of the ultra tier: downloaded, else built, kept
 * in the user's cache, and linked where the npm package looks for it. So whatever starts the package finds
 * it, also a server that was started before it was there.
 */
const PACKAGE = inRoot("node_modules/mediasoup");
const PLACE = join(PACKAGE, "worker/out/Release/mediasoup-worker");
const RECIPE = ["build.mjs", "units.mjs", "srtp.h"].map((name) =>
  join(import.meta.dirname, "mediasoup", name),
);
const LOW_PRIORITY = 10;
const GENTLY = "--gently";

function cached() {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));
  const recipe = RECIPE.map((file) => readFileSync(file));
  const key = workerKey({ version, platform: process.platform, arch: process.arch, recipe });
  return join(cacheFolder(), key, "mediasoup-worker");
}

/** Nothing is left to do. Links the cached one where a fresh `npm ci` has removed the link. */
export function hasWorker() {
  // An operator's own is theirs to look after.
  if (process.env["MEDIASOUP_WORKER_BIN"]) return true;
  const binary = cached();
  if (lstatSync(PLACE, { throwIfNoEntry: false })?.isFile() && isTrusted(PLACE)) return true;
  if (!isTrusted(binary)) return false;
  if (!existsSync(PLACE) || realpathSync(PLACE) !== realpathSync(binary)) link(binary);
  return true;
}

/** @param {string} binary */
function link(binary) {
  mkdirSync(dirname(PLACE), { recursive: true });
  const draft = `${PLACE}.${process.pid}`;
  symlinkSync(binary, draft);
  renameSync(draft, PLACE);
}

/** True when it has been downloaded; false where that cannot be. */
async function download() {
  const isDownloaded = await inScratch(cacheFolder(), async (folder) => {
    const binary = await downloadWorker(PACKAGE, folder);
    if (binary === undefined || !isTrusted(binary)) return false;
    keep(binary, cached());
    return true;
  });
  if (isDownloaded) say("the WebRTC engine has been downloaded");
  return isDownloaded;
}

async function build() {
  await step("building the WebRTC engine (mediasoup), once for this user", () =>
    inScratch(cacheFolder(), async (folder) => {
      const binary = await buildWorker(join(PACKAGE, "worker"), folder);
      if (!isTrusted(binary)) throw new SetupError("The WebRTC engine has been built and does not start.");
      keep(binary, cached());
    }),
  );
}

/** A worker on its way, in a process of its own: it ends with the one that started it. */
export class WorkerOnItsWay {
  /** @param {{ gently: boolean }} options gently: what runs beside it goes first */
  constructor({ gently }) {
    const args = gently ? [GENTLY] : [];
    // Its own group, so that compilers end with it, and so that Ctrl-C does not break off an installation.
    this.child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], {
      stdio: ["ignore", 2, 2, "ipc"],
      detached: true,
    });
    this.ended = new Promise((/** @type {(ok: boolean) => void} */ resolve) => {
      this.child.once("error", () => resolve(false));
      this.child.once("exit", (code) => resolve(code === 0));
    });
    // Whoever does not wait for it may end before it does.
    this.child.unref();
    this.child.channel?.unref();
  }

  /** True when the worker is there. */
  done() {
    this.child.ref();
    return this.ended;
  }
}

/** @param {readonly string[]} args */
async function main(args) {
  if (args.includes(GENTLY)) setPriority(LOW_PRIORITY);
  let installing = Promise.resolve();
  process.on("disconnect", async () => {
    // An installation that is broken off leaves dpkg to be repaired.
    await installing.catch(() => undefined);
    process.kill(-process.pid, "SIGKILL");
  });
  try {
    await withLock(
      `${cached()}.lock`,
      { onWait: () => say("the WebRTC engine is being set up by another process; waiting for it …") },
      async () => {
        if (hasWorker()) return;
        if (!(await download())) {
          installing = ensureDebianPackages(BUILD_NEEDS);
          await installing;
          await build();
        }
        link(cached());
      },
    );
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`Without the WebRTC engine the ultra tier is off; everything else works.\n${error.message}`);
    process.exitCode = 1;
  } finally {
    process.removeAllListeners("disconnect");
    if (process.connected) process.disconnect();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
