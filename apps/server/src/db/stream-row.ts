import { type ChannelId, type StreamId, type UserId, type Username, Visibility } from "@footlight/shared";
import type { Stream } from "../domain/streams/stream.ts";
import type { Prisma } from "./generated/client.ts";
import { toLatencyMode } from "./latency-mode.ts";

export const streamInclude = {
  channel: {
    select: {
      displayName: true,
      avatarHash: true,
      userId: true,
      user: { select: { username: true } },
    },
  },
  category: { select: { name: true } },
  tags: { select: { tag: { select: { name: true } } }, orderBy: { position: "asc" } },
} satisfies Prisma.StreamInclude;

export type StreamRow = Prisma.StreamGetPayload<{ include: typeof streamInclude }>;

export function toStream(row: StreamRow | null): Stream | undefined {
  if (row === null) return undefined;
  return {
    streamId: row.id as StreamId,
    channelId: row.channelId as ChannelId,
    userId: row.channel.userId as UserId,
    username: row.channel.user.username as Username,
    displayName: row.channel.displayName,
    avatarHash: row.channel.avatarHash,
    status: row.status,
    title: row.title,
    category: row.category?.name ?? "",
    tags: row.tags.map((entry) => entry.tag.name),
    latencyMode: toLatencyMode(row.latencyMode),
    recording: row.recording,
    chat: row.chat,
    visibility: Visibility.parse(row.visibility),
    delayS: row.delayS,
    graceS: row.graceS,
    epochMs: row.epochMs === null ? null : Number(row.epochMs),
    createdAtMs: row.createdAt.getTime(),
    startedAtMs: row.startedAt?.getTime() ?? null,
    lastSeenAtMs: row.lastSeenAt?.getTime() ?? null,
    endedAtMs: row.endedAt?.getTime() ?? null,
    viewerCount: row.viewerCount,
  };
}
