import type { ChannelId, UserId, Username } from "@footlight/shared";
import type { PrismaClient } from "./generated/client.ts";

export interface FollowedRow {
  readonly channelId: ChannelId;
  readonly username: Username;
  readonly displayName: string;
  readonly avatarHash: string | null;
}

export class FollowRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async add(userId: UserId, channelId: ChannelId, now: Date): Promise<void> {
    await this.prisma.follow.createMany({
      data: [{ userId, channelId, createdAt: now }],
      skipDuplicates: true,
    });
  }

  async remove(userId: UserId, channelId: ChannelId): Promise<void> {
    await this.prisma.follow.deleteMany({ where: { userId, channelId } });
  }

  async has(userId: UserId, channelId: ChannelId): Promise<boolean> {
    return (
      (await this.prisma.follow.findUnique({ where: { userId_channelId: { userId, channelId } } })) !== null
    );
  }

  async countOf(channelId: ChannelId): Promise<number> {
    return await this.prisma.follow.count({ where: { channelId } });
  }

  /** By display name. */
  async channelsOf(userId: UserId, limit: number): Promise<FollowedRow[]> {
    const rows = await this.prisma.follow.findMany({
      where: { userId },
      orderBy: { channel: { displayName: "asc" } },
      take: limit,
      select: {
        channel: {
          select: { id: true, displayName: true, avatarHash: true, user: { select: { username: true } } },
        },
      },
    });
    return rows.map(({ channel }) => ({
      channelId: channel.id as ChannelId,
      username: channel.user.username as Username,
      displayName: channel.displayName,
      avatarHash: channel.avatarHash,
    }));
  }
}
