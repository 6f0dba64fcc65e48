/**
 * Makes the database client (apps/server/src/db/generated) from prisma/schema.prisma. Idempotent:
 * does nothing while schema, prisma's version and this script are those of the last run.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const schema = path.join(root, "prisma/schema.prisma");
const output = path.join(root, "apps/server/src/db/generated");
const stampFile = path.join(output, ".stamp");
const require = createRequire(path.join(root, "apps/server/package.json"));
const prismaPackage = require.resolve("prisma/package.json");
const { version } = JSON.parse(readFileSync(prismaPackage, "utf8"));

const stamp = createHash("sha256")
  .update(readFileSync(schema))
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .update(version)
  .digest("hex");

if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) process.exit(0);

rmSync(stampFile, { force: true });
const cli = path.join(path.dirname(prismaPackage), "build/index.js");
const run = spawnSync(process.execPath, [cli, "generate", "--schema", schema], {
  cwd: root,
  encoding: "utf8",
  env: {
    ...process.env,
    // `generate` wants a schema engine that it does not use; naming one keeps it from a download.
    PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? "/bin/true",
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    CHECKPOINT_DISABLE: "1",
  },
});
if (run.status !== 0 || !existsSync(path.join(output, "client.ts"))) {
  console.error(`prisma generate failed:\n${run.stdout}\n${run.stderr}`);
  process.exit(1);
}
writeFileSync(stampFile, stamp);
console.log(`prisma: client ${version} generated`);
