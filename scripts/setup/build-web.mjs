import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { inRoot } from "./paths.mjs";
import { run } from "./run.mjs";

export async function buildWeb() {
  const cwd = inRoot("apps/web-viewer");
  await run(process.execPath, [inRoot("node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"], {
    cwd,
  });
  await compress(join(cwd, "dist"));
}

/** Beside each text a .gz and a .br, which the server then sends as they are. @param {string} folder */
async function compress(folder) {
  const files = await readdir(folder, { recursive: true });
  const texts = files.filter((file) => /\.(js|css|html|svg|json|webmanifest)$/.test(file));
  await Promise.all(
    texts.map(async (file) => {
      const path = join(folder, file);
      const data = await readFile(path);
      if (data.length < 1_024) return;
      const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
      await writeFile(`${path}.gz`, await promisify(gzip)(data, { level: 9 }));
      await writeFile(`${path}.br`, await promisify(brotliCompress)(data, { params }));
    }),
  );
}
