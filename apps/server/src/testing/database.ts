import { pino } from "pino";
import { Database } from "../db/database.ts";
import { TestPostgres } from "./postgres.ts";

/** Both engines that a Footlight server runs on; tests of the database run on each. */
export const ENGINES = ["PGlite", "PostgreSQL"] as const;
export type Engine = (typeof ENGINES)[number];

export interface TestDatabase extends AsyncDisposable {
  readonly database: Database;
}

const silent = pino({ level: "silent" });

/** A migrated, empty database. PGlite takes seconds to make: one a test file. */
export async function createTestDatabase(engine: Engine): Promise<TestDatabase> {
  if (engine === "PGlite") {
    const database = await Database.create({ dataDir: undefined, logger: silent });
    return { database, [Symbol.asyncDispose]: () => database.close() };
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
