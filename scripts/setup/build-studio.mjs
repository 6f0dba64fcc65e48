import { join } from "node:path";
import { build } from "esbuild";
import { inRoot } from "./paths.mjs";
import { run } from "./run.mjs";

/**
 * The studio's programs (main, its preloads, the encoder's process) as one file each, and its pages by vite. CommonJS,
 * because a sandboxed preload takes nothing else; `import.meta.url` is then the file's own.
 */
export async function buildStudio(output = inRoot("apps/desktop/dist")) {
  const src = inRoot("apps/desktop/src");
  const shared = {
    bundle: true,
    format: /** @type {const} */ ("cjs"),
    target: "node20.18",
    sourcemap: true,
    alias: {
      "@footlight/protocols": inRoot("packages/protocols/src"),
      "@footlight/shared": inRoot("packages/shared/src/index.ts"),
    },
    outExtension: { ".js": ".cjs" },
    logLevel: /** @type {const} */ ("silent"),
  };
  await Promise.all([
    build({
      ...shared,
      entryPoints: { main: join(src, "main/main.ts"), encoder: join(src, "encoder/main.ts") },
      outdir: output,
      platform: "node",
      define: { "import.meta.url": "moduleUrl" },
      banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
      // Finds its program beside itself.
      external: ["electron", "@ffmpeg-installer/ffmpeg"],
    }),
    build({
      ...shared,
      entryPoints: { control: join(src, "preload/control.ts"), engine: join(src, "preload/engine.ts") },
      outdir: join(output, "preload"),
      platform: "browser",
      external: ["electron"],
    }),
    run(process.execPath, [inRoot("node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"], {
      cwd: inRoot("apps/desktop"),
    }),
  ]);
}
