import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaPGlite } from "pglite-prisma-adapter";
import type { Logger } from "../platform/logger.ts";
import { StartupError } from "../platform/startup-error.ts";
import { type AuthStore, createAuthStore } from "./auth-store.ts";
import { PrismaClient } from "./generated/client.ts";
import { migrate, migrateServer } from "./migrate.ts";
import { createRepositories, type Repositories } from "./repositories.ts";

export type DatabaseOptions = {
  readonly logger: Logger;
  /** Default: the repository's `prisma/migrations`. */
  readonly migrationsDir?: string;
} & (
  | { readonly url: string; readonly poolSize?: number }
  /** Embedded PostgreSQL in `DATA_DIR/db`, which its `DataDir` has locked. */
  | { readonly url?: undefined; readonly dataDir: string }
);

const MIGRATIONS_DIR = fileURLToPath(new URL("../../../../prisma/migrations", import.meta.url));

/** The one connection to what is kept: opened and migrated by `create`, closed by disposal. */
export class Database implements AsyncDisposable {
  readonly repositories: Repositories;
  readonly authStore: AuthStore;
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly prisma: PrismaClient,
    private readonly closeEngine: () => Promise<void>,
  ) {
    this.repositories = createRepositories(prisma);
    this.authStore = createAuthStore(prisma);
  }

  /** Throws `StartupError` (`database_unavailable`) with a sentence that says what to do. */
  static async create(options: DatabaseOptions): Promise<Database> {
    const migrationsDir = options.migrationsDir ?? MIGRATIONS_DIR;
    return options.url === undefined
      ? await Database.#embedded(options.dataDir, migrationsDir, options.logger)
      : await Database.#server(options.url, options.poolSize ?? 10, migrationsDir, options.logger);
  }

  static async #embedded(dataDir: string, migrationsDir: string, logger: Logger): Promise<Database> {
    let engine: PGlite | undefined;
    try {
      await mkdir(dataDir, { recursive: true });
      engine = await PGlite.create(path.join(dataDir, "db"));
      const pglite = engine;
      await migrate(
        {
          exec: async (sql) => void (await pglite.exec(sql)),
          query: async (sql, values) => (await pglite.query<Record<string, unknown>>(sql, [...values])).rows,
        },
        migrationsDir,
        logger,
      );
      const prisma = new PrismaClient({ adapter: new PrismaPGlite(pglite) });
      return new Database(prisma, () => pglite.close());
    } catch (error) {
      await engine?.close().catch(() => undefined);
      if (error instanceof StartupError) throw error;
      throw new StartupError(
        "database_unavailable",
        `The embedded database in ${dataDir}/db cannot be opened (${(error as Error).message}): ` +
          "restore DATA_DIR from a backup, or set DATABASE_URL to use a PostgreSQL server.",
        { cause: error },
      );
    }
  }

  static async #server(
    url: string,
    poolSize: number,
    migrationsDir: string,
    logger: Logger,
  ): Promise<Database> {
    await migrateServer(url, migrationsDir, logger);
    const adapter = new PrismaPg(
      { connectionString: url, max: poolSize, connectionTimeoutMillis: 10_000 },
      { onPoolError: (error) => logger.warn({ err: error }, "an idle database connection broke") },
    );
    return new Database(new PrismaClient({ adapter }), async () => undefined);
  }

  /** Rejects when the database does not answer; for `/readyz`. */
  async ping(): Promise<void> {
    await this.prisma.$queryRaw`SELECT 1`;
  }

  /** Forgets everything but the migrations. For tests, which share an engine. */
  async empty(): Promise<void> {
    await this.prisma
      .$executeRaw`TRUNCATE "users", "categories", "tags", "server_facts", "verifications" CASCADE`;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.prisma.$disconnect().catch(() => undefined);
    await this.closeEngine().catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
