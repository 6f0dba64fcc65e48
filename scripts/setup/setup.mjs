import { chmodSync, existsSync, readdirSync, statSync } from "node:fs";
import { ensureDebianPackages, NEEDS } from "./debian.mjs";
import { ensureElectron } from "./electron.mjs";
import { fingerprint, Stamp } from "./fingerprint.mjs";
import { hasWorker, WorkerOnItsWay } from "./mediasoup-worker.mjs";
import { inRoot, serverMain } from "./paths.mjs";
import { SetupError, say, step } from "./progress.mjs";
import { run } from "./run.mjs";

/** @typedef {keyof typeof NEEDS} Purpose */
export const PURPOSES = /** @type {Purpose[]} */ (Object.keys(NEEDS));

const ON_NODE = { major: 20, minor: 19 };

/**
 * Brings the machine and the work tree to where the purpose can start. Does only what is missing:
 * when all is there it takes a few hundredths of a second and says nothing.
 * What takes long and can be done without for a while goes on in the background: await `worker()` to have it.
 * @param {Purpose} purpose
 */
export async function setup(purpose) {
  checkNode();
  if (!["esbuild", "mediasoup"].every((name) => existsSync(inRoot(`node_modules/${name}`)))) {
    throw new SetupError("The npm packages are not installed: run `npm ci` first.");
  }
  makeExecutable();
  await ensureDebianPackages(NEEDS[purpose]);
  if (purpose === "studio") {
    await ensureStudio();
    return { worker: async () => true };
  }
  const worker = beginWorker(purpose);
  await ensureDatabaseClient();
  if (purpose !== "dev") {
    await ensureWeb();
    await ensureServer();
  }
  if (purpose === "test") await ensureStudio();
  return { worker };
}

/** The studio needs nothing of the server's. */
async function ensureStudio() {
  await ensureElectron();
  const sources = ["src", "control.html", "engine.html", "vite.config.ts", "package.json", "tsconfig.json"];
  await ensureBuilt(
    "the studio",
    "apps/desktop/dist",
    "main.cjs",
    [...sources.map((s) => `apps/desktop/${s}`), "scripts/setup/build-studio.mjs"],
    async () => (await import("./build-studio.mjs")).buildStudio(),
  );
}

/**
 * Gives a function that waits for the mediasoup worker and tells whether it is there. Without one the server
 * runs all but the ultra tier, and takes the worker up when it comes.
 * @param {Purpose} purpose
 * @returns {() => Promise<boolean>}
 */
function beginWorker(purpose) {
  if (hasWorker()) return async () => true;
  say("the WebRTC engine is set up in the background; the ultra tier starts when it is there");
  const onItsWay = new WorkerOnItsWay({ gently: purpose !== "test" });
  return () => onItsWay.done();
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > ON_NODE.major || (major === ON_NODE.major && minor >= ON_NODE.minor)) return;
  throw new SetupError(
    `Node ${ON_NODE.major}.${ON_NODE.minor} or newer is needed; this is ${process.version}.`,
  );
}

/** npm runs no install scripts here (.npmrc), and some of them would only have set this bit. */
function makeExecutable() {
  for (const scope of ["@ffmpeg-installer", "@ffprobe-installer"]) {
    const folder = inRoot(`node_modules/${scope}`);
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      for (const program of ["ffmpeg", "ffprobe"]) {
        const path = `${folder}/${name}/${program}`;
        const mode = statSync(path, { throwIfNoEntry: false });
        if (mode?.isFile() && (mode.mode & 0o111) === 0) chmodSync(path, 0o755);
      }
    }
  }
}

async function ensureDatabaseClient() {
  const script = "scripts/generate-prisma.mjs";
  const output = "apps/server/src/db/generated";
  const inputs = fingerprint(["prisma/schema.prisma", script, "node_modules/prisma/package.json"]);
  const stamp = new Stamp(output);
  if (stamp.matches(inputs) && existsSync(inRoot(`${output}/client.ts`))) return;
  await step("making the database client", () => run(process.execPath, [inRoot(script)]));
  stamp.write(inputs);
}

async function ensureWeb() {
  const sources = ["src", "public", "index.html", "vite.config.ts", "package.json", "tsconfig.json"];
  await ensureBuilt(
    "the web app",
    "apps/web-viewer/dist",
    "index.html",
    sources.map((s) => `apps/web-viewer/${s}`),
    async () => (await import("./build-web.mjs")).buildWeb(),
  );
}

async function ensureServer() {
  const inputs = ["apps/server/src", "prisma/schema.prisma", "scripts/setup/build-server.mjs"];
  await ensureBuilt("the server", "apps/server/dist", "main.js", inputs, async () =>
    (await import("./build-server.mjs")).buildServer(),
  );
}

/**
 * @param {string} name
 * @param {string} output
 * @param {string} product
 * @param {readonly string[]} inputs
 * @param {() => Promise<void>} build
 */
async function ensureBuilt(name, output, product, inputs, build) {
  const value = fingerprint(
    [
      ...inputs,
      "packages/shared/src",
      "packages/protocols/src",
      "packages/ui/src",
      "packages/realtime/src",
      "tsconfig.base.json",
      "package-lock.json",
    ],
    (path) => !/\.test\.tsx?$|\/src\/testing$/.test(path),
  );
  const stamp = new Stamp(output);
  if (stamp.matches(value) && existsSync(inRoot(`${output}/${product}`))) return;
  stamp.clear();
  await step(`building ${name}`, build);
  stamp.write(value);
}

/** For scripts: set-up, then whatever they do; what can be cured is told in a line, exit code 1. @param {() => Promise<void>} work */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

export { serverMain };
