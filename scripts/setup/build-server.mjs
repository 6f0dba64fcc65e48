import { readFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { build } from "esbuild";
import { inRoot, serverMain } from "./paths.mjs";

/**
 * The server as one file with a source map: our own packages inside, npm's outside. Each module's
 * `import.meta.url` stays that of its source, so that paths to migrations and the like hold in both.
 */
export async function buildServer(outfile = serverMain) {
  await build({
    entryPoints: [inRoot("apps/server/src/main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    sourcemap: true,
    packages: "external",
    alias: {
      "@footlight/protocols": inRoot("packages/protocols/src"),
      "@footlight/shared": inRoot("packages/shared/src/index.ts"),
    },
    logLevel: "silent",
    plugins: [
      {
        name: "import-meta-url-of-the-source",
        setup(plugin) {
          plugin.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            const source = await readFile(path, "utf8");
            const place = JSON.stringify(relative(dirname(outfile), path));
            const contents = source.replaceAll("import.meta.url", `new URL(${place}, import.meta.url).href`);
            return { contents, loader: "ts" };
          });
        },
      },
    ],
  });
}
