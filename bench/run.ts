/** `npm run bench -- NAME [arguments]`: runs one measurement of this folder, or lists them. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
/** What the measurements share. */
const PARTS = new Set([
  ...["run", "machine", "ll-viewer", "rtc-echo", "rtc-packets"],
  ...["process-tree", "obs-program", "studio-program", "studio-scene"],
]);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => file.slice(0, -3))
  .filter((name) => !PARTS.has(name));

const name = process.argv[2];
if (name === undefined || !names.includes(name)) {
  console.log(`npm run bench -- NAME, where NAME is one of: ${names.join(", ")}`);
  process.exitCode = name === undefined ? 0 : 1;
} else {
  // Each measurement reads its arguments as if it had been called itself.
  process.argv.splice(1, 2, `${folder}${name}.ts`);
  await import(`./${name}.ts`);
}
