import type { StreamId } from "@footlight/shared";
import { z } from "zod";
import { TIMELINE_CLOCK } from "../stream/capture-clock.ts";
import type { SegmentIndex, StoredRun, StoredSegment } from "../stream/segment-index.ts";
import type { PrismaClient } from "./generated/client.ts";

const Renditions = z.array(
  z.object({
    name: z.string(),
    kind: z.enum(["video", "audio"]),
    codecString: z.string(),
    width: z.number(),
    height: z.number(),
    fps: z.number(),
    bitrateBps: z.number(),
    sampleRate: z.number(),
    channels: z.number(),
  }),
);
const ClockSource = z.enum(["capture", "arrival"]);
const Sizes = z.record(z.string(), z.number());

/** What outlives the process of a stream's segments. */
export class SegmentRepository implements SegmentIndex {
  constructor(private readonly prisma: PrismaClient) {}

  /** Written again when a rendition's configuration came late. Nothing where the stream is deleted. */
  async addRun(streamId: StreamId, run: StoredRun): Promise<void> {
    const renditions = JSON.stringify(run.renditions);
    await this.prisma.$executeRaw`
      INSERT INTO "stream_runs" ("stream_id", "run", "renditions")
      SELECT "id", ${run.run}::int, ${renditions}::jsonb FROM "streams" WHERE "id" = ${streamId}
      ON CONFLICT ("stream_id", "run") DO UPDATE SET "renditions" = EXCLUDED."renditions"`;
  }

  /** A segment that is written twice (a retry) is kept as it was written last. */
  async addSegment(segment: StoredSegment): Promise<void> {
    const sizes = JSON.stringify(segment.sizes);
    const { source, offsetMs } = segment.clock ?? TIMELINE_CLOCK;
    await this.prisma.$executeRaw`
      INSERT INTO "segments" ("stream_id", "seq", "start_90k", "duration_90k", "run", "sizes",
        "clock_source", "clock_offset_ms")
      SELECT "id", ${segment.seq}::int, ${BigInt(Math.round(segment.start90k))}::bigint,
        ${BigInt(Math.round(segment.duration90k))}::bigint, ${segment.run}::int, ${sizes}::jsonb,
        ${source}, ${BigInt(Math.round(offsetMs))}::bigint
      FROM "streams" WHERE "id" = ${segment.streamId}
      ON CONFLICT ("stream_id", "seq") DO UPDATE SET "start_90k" = EXCLUDED."start_90k",
        "duration_90k" = EXCLUDED."duration_90k", "run" = EXCLUDED."run", "sizes" = EXCLUDED."sizes",
        "clock_source" = EXCLUDED."clock_source", "clock_offset_ms" = EXCLUDED."clock_offset_ms"`;
  }

  async load(streamId: StreamId, limit: number): Promise<{ runs: StoredRun[]; segments: StoredSegment[] }> {
    const [runs, segments] = await Promise.all([
      this.prisma.streamRun.findMany({ where: { streamId }, orderBy: { run: "asc" } }),
      this.prisma.segment.findMany({ where: { streamId }, orderBy: { seq: "desc" }, take: limit }),
    ]);
    return {
      runs: runs.map((row) => ({ run: row.run, renditions: Renditions.parse(row.renditions) })),
      segments: segments.reverse().map((row) => ({
        streamId,
        seq: row.seq,
        start90k: Number(row.start90k),
        duration90k: Number(row.duration90k),
        run: row.run,
        clock: { source: ClockSource.parse(row.clockSource), offsetMs: Number(row.clockOffsetMs) },
        sizes: Sizes.parse(row.sizes),
      })),
    };
  }

  async forget(streamId: StreamId, beforeSeq: number): Promise<void> {
    await this.prisma.segment.deleteMany({ where: { streamId, seq: { lt: beforeSeq } } });
  }

  /** End of the newest segment on the stream's timeline, in ticks. */
  async newestEnd90k(streamId: StreamId): Promise<number | undefined> {
    const row = await this.prisma.segment.findFirst({ where: { streamId }, orderBy: { seq: "desc" } });
    return row === null ? undefined : Number(row.start90k + row.duration90k);
  }
}
