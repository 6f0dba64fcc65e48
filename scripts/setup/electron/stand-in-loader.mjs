import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { app } from "electron";

/**
 * What Electron's own builds have as `default_app`: loads the modules named by `-r`, then the app in the folder
 * named on the command line. Lies in `resources/app` of a stand-in Electron (stand-in.mjs).
 */
const require = createRequire(import.meta.url);
const args = process.argv.slice(1);
/** @type {string | undefined} */
let target;
for (let at = 0; at < args.length && target === undefined; at++) {
  const arg = args[at] ?? "";
  // Playwright's loader comes so; it reads and cuts process.argv itself.
  if (arg === "-r" || arg === "--require") require(resolve(args[++at] ?? ""));
  else if (!arg.startsWith("-")) target = resolve(arg);
}
if (target === undefined) {
  process.stderr.write("electron: name the folder of an app\n");
  process.exit(1);
}
const folder = statSync(target).isDirectory();
const manifest = folder ? JSON.parse(readFileSync(join(target, "package.json"), "utf8")) : {};
/** What only a `default_app` may call, and no type tells of. */
const unsaid = /** @type {{ setAppPath(path: string): void, setVersion(version: string): void }} */ (
  /** @type {unknown} */ (app)
);
if (folder) unsaid.setAppPath(target);
if (manifest.productName ?? manifest.name) app.setName(manifest.productName ?? manifest.name);
if (manifest.version) unsaid.setVersion(manifest.version);
Object.assign(process, { defaultApp: true });
try {
  // Awaited, so that the app has set up what must be before `ready`.
  await import(pathToFileURL(folder ? join(target, manifest.main ?? "index.js") : target).href);
} catch (error) {
  // Electron would ask somebody to close a dialogue.
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
}
