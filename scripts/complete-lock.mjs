import { readFileSync, writeFileSync } from "node:fs";
import { missingOptional } from "./setup/lock-file.mjs";
import { inRoot } from "./setup/paths.mjs";

/**
 * Run after `npm install`: adds to package-lock.json the packages for other platforms that npm left
 * out because its registry does not carry them. Without their entries `npm ci` refuses the file
 * ("Missing: … from lock file"); with them it skips what is not for the machine it runs on.
 */
const SYSTEMS = { android: "android", darwin: "darwin", linux: "linux", win32: "win32", windows: "win32" };
const CPUS = { x64: "x64", 64: "x64", arm64: "arm64" };

const file = inRoot("package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));

for (const { name, version, dev } of missingOptional(lock)) {
  const words = name.split(/[/-]/);
  const os = words.map((word) => SYSTEMS[/** @type {keyof typeof SYSTEMS} */ (word)]).find(Boolean);
  const cpu = words.map((word) => CPUS[/** @type {keyof typeof CPUS} */ (word)]).find(Boolean);
  if (os === undefined || cpu === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Error(`${name}@${version}: its platform cannot be read from its name, add it by hand`);
  }
  const libc = words.includes("musl") ? { libc: ["musl"] } : {};
  lock.packages[`node_modules/${name}`] = {
    version,
    cpu: [cpu],
    ...(dev ? { dev } : {}),
    ...libc,
    optional: true,
    os: [os],
  };
  console.log(`added ${name}@${version}`);
}
const { "": top, ...rest } = lock.packages;
const sorted = Object.entries(rest).sort(([a], [b]) => a.localeCompare(b, "en"));
lock.packages = { "": top, ...Object.fromEntries(sorted) };
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
