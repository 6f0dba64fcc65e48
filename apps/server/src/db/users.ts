import type { UserId, Username } from "@footlight/shared";
import type { Account } from "../domain/accounts/account.ts";
import type { PrismaClient, User } from "./generated/client.ts";
import { likePattern } from "./like.ts";

export interface ListedAccount extends Account {
  readonly createdAtMs: number;
  readonly live: boolean;
}

/** Reading accounts; making them and their sessions is the auth library's (see auth-adapter.ts). */
export class UserRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async any(): Promise<boolean> {
    return (await this.prisma.user.findFirst({ select: { id: true } })) !== null;
  }

  async count(): Promise<number> {
    return await this.prisma.user.count();
  }

  async operatorCount(): Promise<number> {
    return await this.prisma.user.count({ where: { operator: true } });
  }

  async byId(userId: UserId): Promise<Account | undefined> {
    return toAccount(await this.prisma.user.findUnique({ where: { id: userId } }));
  }

  async byUsername(username: string): Promise<Account | undefined> {
    return toAccount(await this.prisma.user.findUnique({ where: { username } }));
  }

  async byEmail(email: string): Promise<Account | undefined> {
    return toAccount(await this.prisma.user.findUnique({ where: { email: email.toLowerCase() } }));
  }

  async makeOperator(userId: UserId): Promise<void> {
    await this.prisma.user.update({ where: { id: userId }, data: { operator: true } });
  }

  /** Channel, key, streams, segments, follows and sessions go with it (ON DELETE CASCADE). */
  async delete(userId: UserId): Promise<void> {
    await this.prisma.user.deleteMany({ where: { id: userId } });
  }

  /** By name, beginning after `after`. */
  async list(query: { q: string; limit: number; after: string | undefined }): Promise<ListedAccount[]> {
    const pattern = likePattern(query.q);
    const rows = await this.prisma.$queryRaw<
      { id: string; username: string; email: string; operator: boolean; created_at: Date; live: boolean }[]
    >`
      SELECT u."id", u."username", u."email", u."operator", u."created_at",
        EXISTS (SELECT 1 FROM "channels" c JOIN "streams" s ON s."channel_id" = c."id"
                WHERE c."user_id" = u."id" AND s."status" IN ('live', 'interrupted')) AS "live"
      FROM "users" u
      WHERE (u."username" ILIKE ${pattern} OR u."email" ILIKE ${pattern})
        AND u."username" > ${query.after ?? ""}
      ORDER BY u."username" LIMIT ${query.limit}`;
    return rows.map((row) => ({
      userId: row.id as UserId,
      username: row.username as Username,
      email: row.email,
      operator: row.operator,
      createdAtMs: row.created_at.getTime(),
      live: row.live,
    }));
  }
}

function toAccount(row: User | null): Account | undefined {
  if (row === null) return undefined;
  return {
    userId: row.id as UserId,
    username: row.username as Username,
    email: row.email,
    operator: row.operator,
  };
}
