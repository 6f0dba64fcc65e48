import {
  Participant,
  type ParticipantId,
  ParticipantState,
  type StageId,
  StageLayout,
  type StreamId,
  type UserId,
  type Username,
} from "@footlight/shared";
import { z } from "zod";
import type { Guest, GuestChange, Stage } from "../domain/stage/stage.ts";
import type { Prisma, PrismaClient } from "./generated/client.ts";
import { isUniqueViolation } from "./unique-violation.ts";

const include = {
  stream: {
    select: {
      status: true,
      title: true,
      channel: { select: { displayName: true, userId: true, user: { select: { username: true } } } },
    },
  },
} satisfies Prisma.StageInclude;

const OPEN = { closedAt: null, stream: { status: { not: "ended" } } } satisfies Prisma.StageWhereInput;
const GuestRole = z.enum(["guest", "co_host"]);

const withUser = { user: { select: { username: true } } } satisfies Prisma.StageGuestInclude;
type GuestRow = Prisma.StageGuestGetPayload<{ include: typeof withUser }>;

/** Stages that are open, and their guests. */
export class StageRepository {
  constructor(private readonly prisma: PrismaClient) {}

  /** False where the stream has one. */
  async create(stage: { stageId: StageId; streamId: StreamId; now: Date }): Promise<boolean> {
    try {
      await this.prisma.stage.create({
        data: { id: stage.stageId, streamId: stage.streamId, openedAt: stage.now },
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  async open(stageId: StageId): Promise<Stage | undefined> {
    return toStage(await this.prisma.stage.findFirst({ where: { id: stageId, ...OPEN }, include }));
  }

  async openOfStream(streamId: StreamId): Promise<Stage | undefined> {
    return toStage(await this.prisma.stage.findFirst({ where: { streamId, ...OPEN }, include }));
  }

  async openOfUser(userId: UserId): Promise<Stage | undefined> {
    const where = { closedAt: null, stream: { status: { not: "ended" }, channel: { userId } } } as const;
    return toStage(await this.prisma.stage.findFirst({ where, include }));
  }

  async setLayout(stageId: StageId, layout: StageLayout): Promise<void> {
    await this.prisma.stage.updateMany({
      where: { id: stageId },
      data: { layout: layout.kind, spotlight: layout.spotlight },
    });
  }

  /** Who was there and who was invited is nobody's business afterwards. */
  async close(stageId: StageId, now: Date): Promise<void> {
    await this.prisma.$transaction([
      this.prisma.stage.updateMany({ where: { id: stageId, closedAt: null }, data: { closedAt: now } }),
      this.prisma.stageGuest.deleteMany({ where: { stageId } }),
      this.prisma.stageInvitation.deleteMany({ where: { stageId } }),
    ]);
  }

  async addGuest(guest: {
    participantId: ParticipantId;
    stageId: StageId;
    userId: UserId | null;
    sessionHash: string | null;
    name: string;
    role: Guest["role"];
    carry: Guest["carry"];
    now: Date;
  }): Promise<void> {
    const { participantId: id, now: createdAt, ...columns } = guest;
    await this.prisma.stageGuest.create({ data: { id, createdAt, ...columns } });
  }

  /** In the order in which they came. */
  async guests(stageId: StageId): Promise<Guest[]> {
    const rows = await this.prisma.stageGuest.findMany({
      where: { stageId, removedAt: null },
      include: withUser,
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    });
    return rows.map(toGuest);
  }

  async guestBySession(sessionHash: string): Promise<Guest | undefined> {
    const where = { sessionHash, removedAt: null, stage: OPEN };
    const row = await this.prisma.stageGuest.findFirst({ where, include: withUser });
    return row === null ? undefined : toGuest(row);
  }

  async guestOfUser(stageId: StageId, userId: UserId): Promise<Guest | undefined> {
    const where = { stageId, userId, removedAt: null };
    const row = await this.prisma.stageGuest.findFirst({ where, include: withUser });
    return row === null ? undefined : toGuest(row);
  }

  /** False where there is no such guest, or one whose state is not among `from`. */
  async changeGuest(
    stageId: StageId,
    participantId: ParticipantId,
    change: GuestChange,
    from?: readonly ParticipantState[],
  ): Promise<boolean> {
    const { handRaisedAtMs, ...columns } = change;
    const { count } = await this.prisma.stageGuest.updateMany({
      where: {
        id: participantId,
        stageId,
        removedAt: null,
        ...(from === undefined ? {} : { state: { in: [...from] } }),
      },
      data: {
        ...columns,
        ...(handRaisedAtMs === undefined
          ? {}
          : { handRaisedAt: handRaisedAtMs === null ? null : new Date(handRaisedAtMs) }),
      },
    });
    return count === 1;
  }

  async removeGuest(stageId: StageId, participantId: ParticipantId, now: Date): Promise<boolean> {
    const { count } = await this.prisma.stageGuest.updateMany({
      where: { id: participantId, stageId, removedAt: null },
      data: { removedAt: now, sessionHash: null },
    });
    return count === 1;
  }

  /** The stage whose stream this account's channel carries now. */
  async carriedBy(userId: UserId): Promise<Stage | undefined> {
    const row = await this.prisma.stage.findFirst({
      where: {
        closedAt: null,
        stream: { ...OPEN.stream, visibility: "public" },
        guests: { some: { userId, removedAt: null, carry: "on" } },
      },
      orderBy: { openedAt: "desc" },
      include,
    });
    return toStage(row);
  }
}

function toStage(row: Prisma.StageGetPayload<{ include: typeof include }> | null): Stage | undefined {
  if (row === null || row.stream.status === "ended") return undefined;
  const { channel } = row.stream;
  return {
    stageId: row.id as StageId,
    streamId: row.streamId as StreamId,
    streamStatus: row.stream.status,
    title: row.stream.title,
    hostUserId: channel.userId as UserId,
    hostUsername: channel.user.username as Username,
    hostDisplayName: channel.displayName,
    layout: StageLayout.parse({ kind: row.layout, spotlight: row.spotlight }),
    openedAtMs: row.openedAt.getTime(),
  };
}

function toGuest(row: GuestRow): Guest {
  return {
    participantId: row.id as ParticipantId,
    stageId: row.stageId as StageId,
    userId: row.userId as UserId | null,
    username: (row.user?.username ?? null) as Username | null,
    name: row.name,
    role: GuestRole.parse(row.role),
    state: ParticipantState.parse(row.state),
    muted: row.muted,
    hidden: row.hidden,
    handRaisedAtMs: row.handRaisedAt?.getTime() ?? null,
    carry: Participant.shape.carry.parse(row.carry),
  };
}
