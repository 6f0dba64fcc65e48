import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { Database } from "../db/database.ts";

const MIGRATIONS = fileURLToPath(new URL("../../../../prisma/migrations", import.meta.url));

/**
 * Gives a fresh DATA_DIR the embedded database as a first start leaves it. Making one takes seconds,
 * copying it does not; the copy is kept in the system's temporary folder, named by the migrations.
 * (That a first start makes it by itself is what main.test.ts tests.)
 */
export async function putDatabase(dataDir: string): Promise<void> {
  const template = join(tmpdir(), `footlight-template-${await migrationsHash()}`);
  if (!existsSync(template)) await makeTemplate(template);
  await cp(join(template, "db"), join(dataDir, "db"), { recursive: true });
}

async function makeTemplate(template: string): Promise<void> {
  const draft = await mkdtemp(`${template}-draft-`);
  const database = await Database.create({
    url: undefined,
    dataDir: draft,
    logger: pino({ level: "silent" }),
  });
  await database.close();
  // Of two that make it at once the later one finds the place taken, and throws its own away.
  await rename(draft, template).catch(() => rm(draft, { recursive: true, force: true }));
}

async function migrationsHash(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(MIGRATIONS, { recursive: true })).sort()) {
    if (name.endsWith(".sql")) hash.update(await readFile(join(MIGRATIONS, name)));
  }
  return hash.digest("hex").slice(0, 16);
}
