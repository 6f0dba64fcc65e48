import { type StreamId, UnitRange } from "@footlight/shared";
import { z } from "zod";
import type { StoredPiece } from "../domain/backfill/backfill.ts";
import type { PrismaClient } from "./generated/client.ts";

const Pairs = z.array(z.tuple([z.number(), z.number()]));

/** Which pictures came in by their counters, and which were sent afterwards. */
export class BackfillRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async ranges(streamId: StreamId, source: number): Promise<UnitRange[]> {
    const row = await this.prisma.streamCounter.findUnique({
      where: { streamId_source: { streamId, source: BigInt(source) } },
    });
    return row === null ? [] : Pairs.parse(row.ranges).map(([from, to]) => UnitRange.parse({ from, to }));
  }

  /** Of a stream that is gone nothing is kept. */
  async setRanges(streamId: StreamId, source: number, ranges: readonly UnitRange[]): Promise<void> {
    const text = JSON.stringify(ranges.map(({ from, to }) => [from, to]));
    await this.prisma.$executeRaw`
      INSERT INTO "stream_counters" ("stream_id", "source", "ranges")
      SELECT "id", ${BigInt(source)}::bigint, ${text}::jsonb FROM "streams" WHERE "id" = ${streamId}
      ON CONFLICT ("stream_id", "source") DO UPDATE SET "ranges" = EXCLUDED."ranges"`;
  }

  async of(streamId: StreamId): Promise<StoredPiece[]> {
    const rows = await this.prisma.backfill.findMany({ where: { streamId }, orderBy: { fromUnit: "asc" } });
    return rows.map((row) => ({
      source: Number(row.source),
      from: Number(row.fromUnit),
      to: Number(row.toUnit),
      bytes: row.bytes,
      sha256: row.sha256,
    }));
  }

  async add(streamId: StreamId, piece: StoredPiece, now: Date): Promise<void> {
    await this.prisma.backfill.create({
      data: {
        streamId,
        source: BigInt(piece.source),
        fromUnit: BigInt(piece.from),
        toUnit: BigInt(piece.to),
        bytes: piece.bytes,
        sha256: piece.sha256,
        createdAt: now,
      },
    });
  }
}
