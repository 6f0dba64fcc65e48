import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { say } from "../progress.mjs";
import { run } from "../run.mjs";

const PROBE_MS = 5_000;
const DOWNLOAD_MS = 60_000;

/**
 * Lets the package's own install script fetch its finished binary, into a folder of ours. Resolves to the
 * binary's path, or to undefined where it cannot be had.
 * @param {string} packageFolder
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} [env] without MEDIASOUP_WORKER_BIN, which would have the package do nothing
 */
export async function downloadWorker(packageFolder, folder, env = process.env) {
  if (env["MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD"]) return undefined;
  const host = env["MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL"] || "https://github.com";
  // The package's script waits for as long as the network does, so a host out of reach is seen first.
  const answer = await fetch(host, { method: "HEAD", signal: AbortSignal.timeout(PROBE_MS) }).catch(
    () => undefined,
  );
  if (answer === undefined) return undefined;
  // No Python: else the script falls through to a build of its own, which downloads its tools.
  const childEnv = { ...env, PYTHON: "false" };
  // All paths in the script are relative to where it runs.
  copyFileSync(join(packageFolder, "package.json"), join(folder, "package.json"));
  try {
    await run(process.execPath, [join(packageFolder, "npm-scripts.mjs"), "postinstall"], {
      cwd: folder,
      env: childEnv,
      signal: AbortSignal.timeout(DOWNLOAD_MS),
    });
  } catch {
    say("  no finished WebRTC engine could be downloaded for this machine");
  }
  const binary = join(folder, "worker/out/Release/mediasoup-worker");
  return existsSync(binary) ? binary : undefined;
}
