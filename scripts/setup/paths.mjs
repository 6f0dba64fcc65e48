import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const serverMain = join(root, "apps/server/dist/main.js");
export const inRoot = (/** @type {string} */ path) => join(root, path);
