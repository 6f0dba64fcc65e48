import { defineConfig, env } from "prisma/config";

/**
 * For people with Prisma's own tools: `npx prisma migrate status --config prisma/prisma.config.ts`
 * with DATABASE_URL set. The server needs none of it (apps/server/src/db/migrate.ts).
 */
export default defineConfig({
  schema: "schema.prisma",
  migrations: { path: "migrations" },
  datasource: { url: env("DATABASE_URL") },
});
