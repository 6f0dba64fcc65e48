import type { ChannelId } from "@footlight/shared";
import type { PrismaClient } from "./generated/client.ts";

/** Sealed keys and their look-up column; never a key in the clear. */
export class StreamKeyRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async put(channelId: ChannelId, key: { sealed: Uint8Array; lookup: string; now: Date }): Promise<void> {
    const data = { sealed: Buffer.from(key.sealed), lookup: key.lookup, createdAt: key.now };
    await this.prisma.streamKey.upsert({
      where: { channelId },
      create: { channelId, ...data },
      update: data,
    });
  }

  async sealed(channelId: ChannelId): Promise<Uint8Array | undefined> {
    const row = await this.prisma.streamKey.findUnique({ where: { channelId } });
    return row?.sealed;
  }

  async channelOf(lookup: string): Promise<ChannelId | undefined> {
    const row = await this.prisma.streamKey.findUnique({ where: { lookup }, select: { channelId: true } });
    return row === null ? undefined : (row.channelId as ChannelId);
  }
}
