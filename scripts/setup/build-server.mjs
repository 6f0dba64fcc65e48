import { readFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { build } from "esbuild";
import { inRoot, serverMain } from "./paths.mjs";

/** Of npm's packages: those that look for files beside their own. */
const APART = [
  "@electric-sql/pglite",
  "@ffmpeg-installer/ffmpeg",
  "@prisma/client",
  "fluent-ffmpeg",
  "mediasoup",
  "nodemailer",
  "pg-native",
  "pino",
  "pino-pretty",
];
/** CommonJS inside an ES module asks for these. */
const COMMONJS = `import { createRequire as requireFrom } from "node:module";
const require = requireFrom(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

/**
 * The server as one file with a source map: our own packages inside, npm's outside. Each module's
 * `import.meta.url` stays that of its source, so that paths to migrations and the like hold in both.
 * `whole`: npm's inside, too, for tests start it a hundred times and a quarter of a start is finding their files.
 */
export async function buildServer(outfile = serverMain, { whole = false } = {}) {
  await build({
    entryPoints: [inRoot("apps/server/src/main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    sourcemap: true,
    ...(whole ? { external: APART, banner: { js: COMMONJS } } : { packages: "external" }),
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
