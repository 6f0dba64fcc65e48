import type { StreamId, UserId } from "@footlight/shared";
import type { Page, Stream, StreamPosition, StreamQuery } from "../domain/streams/stream.ts";
import { slugOf } from "./categories.ts";
import { Prisma, type PrismaClient } from "./generated/client.ts";
import { likePattern } from "./like.ts";
import { streamInclude, toStream } from "./stream-row.ts";

interface Hit {
  readonly id: string;
  readonly viewer_count: number;
  readonly started_at: Date | null;
}

/** Lists of running streams, paged by keyset so that a page costs the same wherever it begins. */
export class StreamListRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async page(query: StreamQuery): Promise<Page<Stream, StreamPosition>> {
    const byViewers = query.sort === "viewer_count";
    const column = byViewers ? Prisma.sql`s."viewer_count"` : Prisma.sql`s."started_at"`;
    const after = query.after;
    const value =
      after === undefined
        ? undefined
        : byViewers
          ? Prisma.sql`${after.value}::int`
          : Prisma.sql`${new Date(after.value)}::timestamp`;
    const beyond =
      after === undefined || value === undefined
        ? Prisma.empty
        : Prisma.sql`AND (${column}, s."id") < (${value}, ${after.streamId})`;
    const hits = await this.prisma.$queryRaw<Hit[]>`
      SELECT s."id", s."viewer_count", s."started_at" ${matching(query)} ${beyond}
      ORDER BY ${column} DESC, s."id" DESC LIMIT ${query.limit + 1}`;
    const shown = hits.slice(0, query.limit);
    const last = hits.length > query.limit ? shown.at(-1) : undefined;
    return {
      items: await this.#load(shown.map((hit) => hit.id)),
      next:
        last === undefined
          ? null
          : {
              value: byViewers ? last.viewer_count : (last.started_at?.getTime() ?? 0),
              streamId: last.id as StreamId,
            },
    };
  }

  async count(query: StreamQuery): Promise<number> {
    const rows = await this.prisma.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS "n" ${matching(query)}`;
    return rows[0]?.n ?? 0;
  }

  /** Running streams of the channels that a user follows. */
  async followedBy(userId: UserId): Promise<Stream[]> {
    const rows = await this.prisma.stream.findMany({
      where: {
        status: { in: ["live", "interrupted"] },
        visibility: "public",
        channel: { followers: { some: { userId } } },
      },
      include: streamInclude,
      take: 500,
    });
    return rows.map((row) => toStream(row)).filter((stream) => stream !== undefined);
  }

  async #load(ids: readonly string[]): Promise<Stream[]> {
    if (ids.length === 0) return [];
    const rows = await this.prisma.stream.findMany({
      where: { id: { in: [...ids] } },
      include: streamInclude,
    });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => toStream(byId.get(id) ?? null)).filter((stream) => stream !== undefined);
  }
}

function matching(query: StreamQuery): Prisma.Sql {
  const conditions = [
    Prisma.sql`s."status" IN ('live', 'interrupted') AND s."visibility" = 'public'`,
    Prisma.sql`s."viewer_count" >= ${query.minViewers}::int`,
  ];
  if (query.category !== undefined) conditions.push(Prisma.sql`g."slug" = ${slugOf(query.category)}`);
  for (const word of query.words) {
    const pattern = likePattern(word);
    conditions.push(Prisma.sql`(s."title" ILIKE ${pattern} OR g."name" ILIKE ${pattern}
      OR u."username" ILIKE ${pattern} OR c."display_name" ILIKE ${pattern}
      OR EXISTS (SELECT 1 FROM "stream_tags" st JOIN "tags" t ON t."id" = st."tag_id"
                 WHERE st."stream_id" = s."id" AND t."name" ILIKE ${pattern}))`);
  }
  return Prisma.sql`FROM "streams" s
    JOIN "channels" c ON c."id" = s."channel_id"
    JOIN "users" u ON u."id" = c."user_id"
    LEFT JOIN "categories" g ON g."id" = s."category_id"
    WHERE ${Prisma.join(conditions, " AND ")}`;
}
