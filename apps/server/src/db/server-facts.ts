import type { PrismaClient } from "./generated/client.ts";

export class ServerFactRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** True for exactly one caller a key, until it is released or older than `staleBefore`. */
  async claim(key: string, value: string, now: Date, staleBefore: Date): Promise<boolean> {
    const rows = await this.prisma.$executeRaw`
      INSERT INTO "server_facts" ("key", "value", "updated_at") VALUES (${key}, ${value}, ${now}::timestamp)
      ON CONFLICT ("key") DO UPDATE SET "value" = EXCLUDED."value", "updated_at" = EXCLUDED."updated_at"
      WHERE "server_facts"."updated_at" < ${staleBefore}::timestamp`;
    return rows === 1;
  }

  async release(key: string, value: string): Promise<void> {
    await this.prisma.serverFact.deleteMany({ where: { key, value } });
  }
}
