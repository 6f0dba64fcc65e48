import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { z } from "zod";
import type { Logger } from "../platform/logger.ts";
import { StartupError } from "../platform/startup-error.ts";

/** One connection, on which a session's lock and transactions mean something. */
export interface SqlConnection {
  /** Any number of statements. */
  exec(sql: string): Promise<void>;
  query(sql: string, values: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

/** The lock that `prisma migrate` takes, so that the two never run at once. */
const PRISMA_LOCK = 72707369;

/** Prisma's own table, so that `prisma migrate deploy` agrees with what we did. */
const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

const Applied = z.object({ migration_name: z.string(), checksum: z.string(), finished: z.boolean() });

/** Applies what is missing, each migration whole or not at all; returns the names of those applied. */
export async function migrate(
  connection: SqlConnection,
  migrationsDir: string,
  logger: Logger,
): Promise<string[]> {
  const migrations = await readMigrations(migrationsDir);
  await connection.query(`SELECT pg_advisory_lock(${PRISMA_LOCK})`, []);
  try {
    await connection.exec(MIGRATIONS_TABLE);
    const rows = await connection.query(
      `SELECT "migration_name", "checksum", "finished_at" IS NOT NULL AS "finished"
       FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL`,
      [],
    );
    const applied = new Map(rows.map((row) => Applied.parse(row)).map((row) => [row.migration_name, row]));
    checkHistory(applied, migrations, logger);
    const missing = migrations.filter((migration) => !applied.has(migration.name));
    for (const migration of missing) {
      await apply(connection, migration);
      logger.info({ migration: migration.name }, "database migrated");
    }
    return missing.map((migration) => migration.name);
  } finally {
    await connection.query(`SELECT pg_advisory_unlock(${PRISMA_LOCK})`, []);
  }
}

/** The same on a PostgreSQL server, over one connection of its own. */
export async function migrateServer(url: string, migrationsDir: string, logger: Logger): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (error) {
    // The address may hold a password: say only where it points.
    const { host } = new URL(url);
    throw new StartupError(
      "database_unavailable",
      `No PostgreSQL can be used at ${host} (DATABASE_URL): ${(error as Error).message}`,
      { cause: error },
    );
  }
  client.on("error", (error) => logger.warn({ err: error }, "the migrating connection broke"));
  try {
    return await migrate(
      {
        exec: async (sql) => void (await client.query(sql)),
        query: async (sql, values) => (await client.query(sql, [...values])).rows,
      },
      migrationsDir,
      logger,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(path.join(directory, name, "migration.sql"));
      return {
        name,
        sql: bytes.toString("utf8"),
        checksum: createHash("sha256").update(bytes).digest("hex"),
      };
    }),
  );
}

function checkHistory(
  applied: ReadonlyMap<string, z.infer<typeof Applied>>,
  migrations: readonly Migration[],
  logger: Logger,
): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of applied.values()) {
    const migration = known.get(row.migration_name);
    if (migration === undefined) {
      throw new StartupError(
        "database_unavailable",
        `The database knows migration ${row.migration_name}, this server does not: run the newer version.`,
      );
    }
    if (!row.finished) {
      throw new StartupError(
        "database_unavailable",
        `Migration ${row.migration_name} was begun by prisma and not finished: see \`prisma migrate resolve\`.`,
      );
    }
    if (migration.checksum !== row.checksum) {
      logger.warn({ migration: migration.name }, "a migration was edited after it had been applied");
    }
  }
}

async function apply(connection: SqlConnection, migration: Migration): Promise<void> {
  await connection.exec("BEGIN");
  try {
    await connection.exec(migration.sql);
    await connection.query(
      `INSERT INTO "_prisma_migrations"
       ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
       VALUES ($1, $2, $3, now(), now(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await connection.exec("COMMIT");
  } catch (error) {
    await connection.exec("ROLLBACK").catch(() => undefined);
    throw new StartupError(
      "database_unavailable",
      `Migration ${migration.name} failed and was undone: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
