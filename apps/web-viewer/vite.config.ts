import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const server = process.env["FOOTLIGHT_SERVER"] ?? "http://localhost:8080";

/** Writes `.br` and `.gz` beside every text file, so that the server never compresses a page. */
const precompress = (): Plugin => {
  let out = "";
  return {
    name: "precompress",
    apply: "build",
    configResolved: (config) => {
      out = join(config.root, config.build.outDir);
    },
    closeBundle: async () => {
      const files = await readdir(out, { recursive: true });
      for (const file of files.filter((name) => /\.(js|css|svg)$/.test(name))) {
        const bytes = await readFile(join(out, file));
        if (bytes.length < 1_000) continue;
        await writeFile(join(out, `${file}.br`), brotliCompressSync(bytes));
        await writeFile(join(out, `${file}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
};

const NEEDED_BY_ALL = /node_modules\/(react|react-dom|react-router|scheduler|@tanstack|@trpc)\//;

export default defineConfig({
  plugins: [react(), precompress()],
  build: {
    target: "es2022",
    // The content security policy allows no fonts from data: URIs, so small files stay files.
    assetsInlineLimit: 0,
    // hls.js is one chunk of that size, loaded when there is something to play.
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "hls", test: /node_modules\/hls\.js/ },
            { name: "vendor", test: NEEDED_BY_ALL },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: {
      ...Object.fromEntries(
        ["/trpc", "/api", "/media", "/avatars", "/time", "/beacons", "/whip", "/whep"].map((path) => [
          path,
          server,
        ]),
      ),
      "/realtime": { target: server, ws: true },
    },
  },
});
