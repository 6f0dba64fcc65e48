import type { ParticipantId, StageId, StreamId, UserId, Username } from "@footlight/shared";
import { z } from "zod";
import type { Invitation } from "../domain/stage/stage.ts";
import type { Prisma, PrismaClient } from "./generated/client.ts";

const include = { user: { select: { username: true } } } satisfies Prisma.StageInvitationInclude;
const GuestRole = z.enum(["guest", "co_host"]);

/** Invitations to stages. The token of a link is known by its hash only, and works once. */
export class StageInvitationRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async add(invitation: {
    invitationId: string;
    stageId: StageId;
    tokenHash: string | null;
    userId: UserId | null;
    name: string | null;
    role: Invitation["role"];
    now: Date;
    expiresAt: Date;
  }): Promise<void> {
    const { invitationId: id, now: createdAt, ...columns } = invitation;
    await this.prisma.stageInvitation.create({ data: { id, createdAt, ...columns } });
  }

  async byId(invitationId: string): Promise<Invitation | undefined> {
    return toInvitation(
      await this.prisma.stageInvitation.findUnique({ where: { id: invitationId }, include }),
    );
  }

  async byToken(tokenHash: string): Promise<Invitation | undefined> {
    return toInvitation(await this.prisma.stageInvitation.findUnique({ where: { tokenHash }, include }));
  }

  /** Those that were not withdrawn, newest first. */
  async ofStage(stageId: StageId): Promise<Invitation[]> {
    const rows = await this.prisma.stageInvitation.findMany({
      where: { stageId, withdrawnAt: null },
      include,
      orderBy: [{ createdAt: "desc" }, { id: "asc" }],
    });
    return rows.flatMap((row) => toInvitation(row) ?? []);
  }

  /** How many could still bring somebody. */
  async countOpen(stageId: StageId, now: Date): Promise<number> {
    return await this.prisma.stageInvitation.count({ where: { stageId, ...open(now) } });
  }

  /** An account's invitations to stages that are open, newest first. */
  async ofUser(userId: UserId, now: Date) {
    const rows = await this.prisma.stageInvitation.findMany({
      where: { userId, ...open(now), stage: { closedAt: null, stream: { status: { not: "ended" } } } },
      include: {
        ...include,
        stage: {
          select: {
            streamId: true,
            stream: {
              select: { channel: { select: { displayName: true, user: { select: { username: true } } } } },
            },
          },
        },
      },
      orderBy: { createdAt: "desc" },
      take: 50,
    });
    return rows.flatMap((row) => {
      const invitation = toInvitation(row);
      const { channel } = row.stage.stream;
      return invitation === undefined
        ? []
        : {
            ...invitation,
            streamId: row.stage.streamId as StreamId,
            hostUsername: channel.user.username as Username,
            hostDisplayName: channel.displayName,
          };
    });
  }

  /** True for the one who uses it; of two at once only one does. */
  async use(invitationId: string, participantId: ParticipantId, now: Date): Promise<boolean> {
    const { count } = await this.prisma.stageInvitation.updateMany({
      where: { id: invitationId, ...open(now) },
      data: { participantId },
    });
    return count === 1;
  }

  async giveBack(invitationId: string, participantId: ParticipantId): Promise<void> {
    await this.prisma.stageInvitation.updateMany({
      where: { id: invitationId, participantId },
      data: { participantId: null },
    });
  }

  /** False where there is none that could still bring somebody. */
  async withdraw(
    of: { readonly stageId: StageId } | { readonly userId: UserId },
    invitationId: string,
    now: Date,
  ): Promise<boolean> {
    const { count } = await this.prisma.stageInvitation.updateMany({
      where: { id: invitationId, ...of, ...open(now) },
      data: { withdrawnAt: now },
    });
    return count === 1;
  }
}

const open = (now: Date) => ({ participantId: null, withdrawnAt: null, expiresAt: { gt: now } });

function toInvitation(
  row: Prisma.StageInvitationGetPayload<{ include: typeof include }> | null,
): Invitation | undefined {
  if (row === null) return undefined;
  return {
    invitationId: row.id,
    stageId: row.stageId as StageId,
    userId: row.userId as UserId | null,
    username: (row.user?.username ?? null) as Username | null,
    name: row.name,
    role: GuestRole.parse(row.role),
    createdAtMs: row.createdAt.getTime(),
    expiresAtMs: row.expiresAt.getTime(),
    withdrawn: row.withdrawnAt !== null,
    participantId: row.participantId as ParticipantId | null,
  };
}
