import { BackfillRepository } from "./backfills.ts";
import { CategoryRepository } from "./categories.ts";
import { ChannelRepository } from "./channels.ts";
import { FollowRepository } from "./follows.ts";
import type { PrismaClient } from "./generated/client.ts";
import { LinkRepository } from "./links.ts";
import { SegmentRepository } from "./segments.ts";
import { ServerFactRepository } from "./server-facts.ts";
import { StageInvitationRepository } from "./stage-invitations.ts";
import { StageRepository } from "./stages.ts";
import { StreamDirectoryRepository } from "./stream-directory.ts";
import { StreamKeyRepository } from "./stream-keys.ts";
import { StreamListRepository } from "./stream-list.ts";
import { StreamRepository } from "./streams.ts";
import { UserRepository } from "./users.ts";

/** One repository an aggregate; each consumer declares the few methods that it needs of one. */
export function createRepositories(prisma: PrismaClient) {
  const labels = new CategoryRepository(prisma);
  return {
    users: new UserRepository(prisma),
    links: new LinkRepository(prisma),
    facts: new ServerFactRepository(prisma),
    categories: labels,
    channels: new ChannelRepository(prisma, labels),
    streamKeys: new StreamKeyRepository(prisma),
    streams: new StreamRepository(prisma, labels),
    streamList: new StreamListRepository(prisma),
    streamDirectory: new StreamDirectoryRepository(prisma),
    segments: new SegmentRepository(prisma),
    backfills: new BackfillRepository(prisma),
    follows: new FollowRepository(prisma),
    stages: new StageRepository(prisma),
    stageInvitations: new StageInvitationRepository(prisma),
  };
}

export type Repositories = ReturnType<typeof createRepositories>;
