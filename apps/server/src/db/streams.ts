import type { ChannelId, StreamId, UserId } from "@footlight/shared";
import type { StartOptions, Stream, StreamSettings } from "../domain/streams/stream.ts";
import type { CategoryRepository } from "./categories.ts";
import type { PrismaClient } from "./generated/client.ts";
import { fromLatencyMode } from "./latency-mode.ts";
import { streamInclude as include, toStream } from "./stream-row.ts";
import { isUniqueViolation } from "./unique-violation.ts";

const OPEN = { not: "ended" } as const;

/** Writes of one stream. A stream that has ended never changes its state again, whoever comes late. */
export class StreamRepository {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly labels: Pick<CategoryRepository, "categoryId" | "tagIds">,
  ) {}

  /** False when the channel has an open stream already. */
  async create(
    stream: { streamId: StreamId; channelId: ChannelId; now: Date },
    settings: StreamSettings,
    options: Partial<StartOptions> = {},
  ): Promise<boolean> {
    const fields = await this.#fields(settings, options);
    try {
      await this.prisma.stream.create({
        data: {
          id: stream.streamId,
          channelId: stream.channelId,
          createdAt: stream.now,
          ...fields.columns,
          tags: { create: fields.tags },
        },
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  /** Only while it is ready; false when it no longer is. Options that are not named stay. */
  async updateReady(
    streamId: StreamId,
    settings: StreamSettings,
    options: Partial<StartOptions> = {},
  ): Promise<boolean> {
    const fields = await this.#fields(settings, options);
    return await this.prisma.$transaction(async (tx) => {
      const { count } = await tx.stream.updateMany({
        where: { id: streamId, status: "ready" },
        data: fields.columns,
      });
      if (count === 0) return false;
      await tx.streamTag.deleteMany({ where: { streamId } });
      await tx.streamTag.createMany({ data: fields.tags.map((tag) => ({ streamId, ...tag })) });
      return true;
    });
  }

  /** Title, category and tags of a running stream; its latency mode stays as it is. */
  async describe(
    streamId: StreamId,
    words: Pick<StreamSettings, "title" | "category" | "tags">,
  ): Promise<void> {
    const categoryId = await this.labels.categoryId(words.category);
    const tagIds = await this.labels.tagIds(words.tags);
    await this.prisma.$transaction([
      this.prisma.stream.updateMany({
        where: { id: streamId, status: OPEN },
        data: { title: words.title, categoryId },
      }),
      this.prisma.streamTag.deleteMany({ where: { streamId } }),
      this.prisma.streamTag.createMany({
        data: tagIds.map((tagId, position) => ({ streamId, tagId, position })),
      }),
    ]);
  }

  async setPublic(streamId: StreamId): Promise<void> {
    await this.prisma.stream.updateMany({ where: { id: streamId }, data: { visibility: "public" } });
  }

  /** Streams of which there is something to see, for their owners only. */
  async rehearsals(): Promise<{ readonly streamId: StreamId; readonly userId: UserId }[]> {
    const rows = await this.prisma.stream.findMany({
      where: { visibility: "rehearsal", OR: [{ status: OPEN }, { segments: { some: {} } }] },
      select: { id: true, channel: { select: { userId: true } } },
    });
    return rows.map((row) => ({ streamId: row.id as StreamId, userId: row.channel.userId as UserId }));
  }

  async byId(streamId: StreamId): Promise<Stream | undefined> {
    return toStream(await this.prisma.stream.findUnique({ where: { id: streamId }, include }));
  }

  /** The channel's stream that has not ended. */
  async openOf(channelId: ChannelId): Promise<Stream | undefined> {
    return toStream(await this.prisma.stream.findFirst({ where: { channelId, status: OPEN }, include }));
  }

  /** The open one, else the newest. `publicOnly`: rehearsals are passed over. */
  async newestOf(channelId: ChannelId, { publicOnly = false } = {}): Promise<Stream | undefined> {
    const seen = publicOnly ? { visibility: "public" } : {};
    const where = { channelId, ...seen };
    const open = await this.prisma.stream.findFirst({ where: { ...where, status: OPEN }, include });
    if (open !== null) return toStream(open);
    return toStream(await this.prisma.stream.findFirst({ where, orderBy: { createdAt: "desc" }, include }));
  }

  async idsOf(channelId: ChannelId): Promise<StreamId[]> {
    const rows = await this.prisma.stream.findMany({ where: { channelId }, select: { id: true } });
    return rows.map((row) => row.id as StreamId);
  }

  /** `live` or `interrupted` as the last process left them. */
  async running(): Promise<Stream[]> {
    const rows = await this.prisma.stream.findMany({
      where: { status: { in: ["live", "interrupted"] } },
      orderBy: { id: "asc" },
      include,
    });
    return rows.map((row) => toStream(row)).filter((stream) => stream !== undefined);
  }

  async setLive(streamId: StreamId, at: { epochMs: number; now: Date; graceS?: number }): Promise<boolean> {
    const { epochMs, now: lastSeenAt, graceS } = at;
    const { count } = await this.prisma.stream.updateMany({
      where: { id: streamId, status: OPEN },
      data: {
        ...{ status: "live", epochMs: BigInt(Math.round(epochMs)), lastSeenAt },
        ...(graceS === undefined ? {} : { graceS }),
      },
    });
    await this.prisma.stream.updateMany({
      where: { id: streamId, startedAt: null },
      data: { startedAt: at.now },
    });
    return count === 1;
  }

  async setInterrupted(streamId: StreamId, now: Date): Promise<void> {
    await this.prisma.stream.updateMany({
      where: { id: streamId, status: "live" },
      data: { status: "interrupted", lastSeenAt: now },
    });
  }

  async setEnded(streamId: StreamId, now: Date): Promise<void> {
    await this.prisma.stream.updateMany({
      where: { id: streamId, status: OPEN },
      data: { status: "ended", endedAt: now, viewerCount: 0 },
    });
  }

  /** Signs of life of the streams that this process carries. */
  async touch(streamIds: readonly StreamId[], now: Date): Promise<void> {
    await this.prisma.stream.updateMany({
      where: { id: { in: [...streamIds] }, status: "live" },
      data: { lastSeenAt: now },
    });
  }

  async setViewerCounts(counts: ReadonlyMap<StreamId, number>): Promise<void> {
    if (counts.size === 0) return;
    const ids = [...counts.keys()];
    const values = [...counts.values()];
    await this.prisma.$executeRaw`
      UPDATE "streams" s SET "viewer_count" = n."count"
      FROM unnest(${ids}::text[], ${values}::int[]) AS n("id", "count")
      WHERE s."id" = n."id" AND s."status" <> 'ended'`;
  }

  async #fields(settings: StreamSettings, options: Partial<StartOptions>) {
    const categoryId = await this.labels.categoryId(settings.category);
    const tagIds = await this.labels.tagIds(settings.tags);
    return {
      columns: {
        title: settings.title,
        categoryId,
        latencyMode: fromLatencyMode(settings.latencyMode),
        recording: settings.recording,
        chat: settings.chat,
        ...options,
      },
      tags: tagIds.map((tagId, position) => ({ tagId, position })),
    };
  }
}
