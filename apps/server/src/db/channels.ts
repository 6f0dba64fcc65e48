import type { ChannelId, ChannelSettings, UserId, Username } from "@footlight/shared";
import type { Channel } from "../domain/channels/channel.ts";
import type { CategoryRepository } from "./categories.ts";
import type { Prisma, PrismaClient } from "./generated/client.ts";
import { fromLatencyMode, toLatencyMode } from "./latency-mode.ts";

const include = {
  user: { select: { username: true } },
  category: { select: { name: true } },
  tags: { select: { tag: { select: { name: true } } }, orderBy: { position: "asc" } },
} satisfies Prisma.ChannelInclude;

type Row = Prisma.ChannelGetPayload<{ include: typeof include }>;

export class ChannelRepository {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly labels: Pick<CategoryRepository, "categoryId" | "tagIds">,
  ) {}

  /** Leaves a channel that is there already as it is. */
  async create(channel: {
    channelId: ChannelId;
    userId: UserId;
    displayName: string;
    title: string;
    now: Date;
  }): Promise<void> {
    await this.prisma.channel.createMany({
      data: [
        {
          id: channel.channelId,
          userId: channel.userId,
          displayName: channel.displayName,
          title: channel.title,
          createdAt: channel.now,
          updatedAt: channel.now,
        },
      ],
      skipDuplicates: true,
    });
  }

  async byId(channelId: ChannelId): Promise<Channel | undefined> {
    return toChannel(await this.prisma.channel.findUnique({ where: { id: channelId }, include }));
  }

  async byUser(userId: UserId): Promise<Channel | undefined> {
    return toChannel(await this.prisma.channel.findUnique({ where: { userId }, include }));
  }

  async byUsername(username: string): Promise<Channel | undefined> {
    return toChannel(await this.prisma.channel.findFirst({ where: { user: { username } }, include }));
  }

  async update(channelId: ChannelId, settings: ChannelSettings, now: Date): Promise<void> {
    const categoryId = await this.labels.categoryId(settings.category);
    const tagIds = await this.labels.tagIds(settings.tags);
    await this.prisma.$transaction([
      this.prisma.channelTag.deleteMany({ where: { channelId } }),
      this.prisma.channel.update({
        where: { id: channelId },
        data: {
          displayName: settings.displayName,
          bio: settings.bio,
          title: settings.title,
          categoryId,
          latencyMode: fromLatencyMode(settings.latencyMode),
          recording: settings.recording,
          chat: settings.chat,
          updatedAt: now,
          tags: { create: tagIds.map((tagId, position) => ({ tagId, position })) },
        },
      }),
    ]);
  }

  async setAvatar(channelId: ChannelId, avatarHash: string | null, now: Date): Promise<void> {
    await this.prisma.channel.update({ where: { id: channelId }, data: { avatarHash, updatedAt: now } });
  }

  /** Two channels may show the same picture. */
  async avatarUsers(avatarHash: string): Promise<number> {
    return await this.prisma.channel.count({ where: { avatarHash } });
  }

  async setPublishBlocked(channelId: ChannelId, at: Date | null): Promise<void> {
    await this.prisma.channel.updateMany({ where: { id: channelId }, data: { publishBlockedAt: at } });
  }
}

function toChannel(row: Row | null): Channel | undefined {
  if (row === null) return undefined;
  return {
    channelId: row.id as ChannelId,
    userId: row.userId as UserId,
    username: row.user.username as Username,
    displayName: row.displayName,
    avatarHash: row.avatarHash,
    bio: row.bio,
    title: row.title,
    category: row.category?.name ?? "",
    tags: row.tags.map((entry) => entry.tag.name),
    latencyMode: toLatencyMode(row.latencyMode),
    recording: row.recording,
    chat: row.chat,
    publishBlockedAtMs: row.publishBlockedAt?.getTime() ?? null,
  };
}
