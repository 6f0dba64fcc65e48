import { randomUUID } from "node:crypto";
import type { PrismaClient } from "./generated/client.ts";

/** Categories are equal whatever their case and width; the first spelling is shown. */
export function slugOf(category: string): string {
  return category.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}

export interface CategoryUse {
  readonly name: string;
  readonly liveStreams: number;
}

/** Categories and tags: labels that come to be when somebody writes them. */
export class CategoryRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** The category's id, made when it is new; null for none. */
  async categoryId(name: string): Promise<string | null> {
    const slug = slugOf(name);
    if (slug === "") return null;
    const found = await this.prisma.category.findUnique({ where: { slug } });
    if (found !== null) return found.id;
    await this.prisma.category.createMany({
      data: [{ id: randomUUID(), slug, name: name.trim() }],
      skipDuplicates: true,
    });
    return (await this.prisma.category.findUniqueOrThrow({ where: { slug } })).id;
  }

  /** Ids in the order of the names, without repetition. */
  async tagIds(names: readonly string[]): Promise<string[]> {
    const unique = [...new Set(names)];
    if (unique.length === 0) return [];
    await this.prisma.tag.createMany({
      data: unique.map((name) => ({ id: randomUUID(), name })),
      skipDuplicates: true,
    });
    const rows = await this.prisma.tag.findMany({ where: { name: { in: unique } } });
    const ids = new Map(rows.map((row) => [row.name, row.id]));
    return unique.map((name) => ids.get(name)).filter((id) => id !== undefined);
  }

  /** Those with live streams first, then by name. */
  async list(limit: number): Promise<CategoryUse[]> {
    const rows = await this.prisma.$queryRaw<{ name: string; live: number }[]>`
      SELECT g."name", count(s."id")::int AS "live"
      FROM "categories" g
      LEFT JOIN "streams" s ON s."category_id" = g."id" AND s."status" IN ('live', 'interrupted')
        AND s."visibility" = 'public'
      GROUP BY g."id"
      ORDER BY "live" DESC, g."slug"
      LIMIT ${limit}`;
    return rows.map((row) => ({ name: row.name, liveStreams: row.live }));
  }
}
