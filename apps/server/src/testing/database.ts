import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Database } from "../db/database.ts";
import { putDatabase } from "./database-template.ts";
import { TestPostgres } from "./postgres.ts";

/** Both engines that a Footlight server runs on; tests of the database run on each. */
export const ENGINES = ["PGlite", "PostgreSQL"] as const;
export type Engine = (typeof ENGINES)[number];

export interface TestDatabase extends AsyncDisposable {
  readonly database: Database;
}

const silent = pino({ level: "silent" });

/** A migrated, empty database: a second or two, so one a test file. */
export async function createTestDatabase(engine: Engine): Promise<TestDatabase> {
  if (engine === "PGlite") {
    const dataDir = await mkdtemp(join(tmpdir(), "footlight-test-"));
    await putDatabase(dataDir);
    const database = await Database.create({ dataDir, logger: silent });
    return {
      database,
      async [Symbol.asyncDispose]() {
        await database.close();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  }
  const postgres = await TestPostgres.start();
  try {
    const database = await Database.create({ url: await postgres.createDatabase(), logger: silent });
    return {
      database,
      async [Symbol.asyncDispose]() {
        await database.close();
        await postgres[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await postgres[Symbol.asyncDispose]();
    throw error;
  }
}
