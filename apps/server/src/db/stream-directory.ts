import type { StreamId } from "@footlight/shared";
import type { PrismaClient } from "./generated/client.ts";

/** What whoever serves stored media must know of a stream that does not run in its process. */
export class StreamDirectoryRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** Undefined for a stream that does not exist or has never been live. */
  async find(
    streamId: StreamId,
  ): Promise<{ readonly epochMs: number; readonly ended: boolean; readonly recording: boolean } | undefined> {
    const row = await this.prisma.stream.findUnique({
      where: { id: streamId },
      select: { epochMs: true, status: true, recording: true },
    });
    if (row === null || row.epochMs === null) return undefined;
    return { epochMs: Number(row.epochMs), ended: row.status === "ended", recording: row.recording };
  }

  /** Streams that ended before a time (Unix ms), are not kept and still have segments; oldest first. */
  async expired(endedBeforeMs: number, limit: number): Promise<readonly StreamId[]> {
    const rows = await this.prisma.stream.findMany({
      where: {
        status: "ended",
        // A rehearsal is no recording, whatever was ticked.
        OR: [{ recording: false }, { visibility: "rehearsal" }],
        endedAt: { lt: new Date(endedBeforeMs) },
        segments: { some: {} },
      },
      orderBy: { endedAt: "asc" },
      take: limit,
      select: { id: true },
    });
    return rows.map((row) => row.id as StreamId);
  }
}
