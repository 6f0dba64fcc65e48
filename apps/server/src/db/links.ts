import { randomUUID } from "node:crypto";
import type { UserId } from "@footlight/shared";
import type { PrismaClient } from "./generated/client.ts";

/** Invitations and reset links. Tokens are known by their hashes only, and work once. */
export class LinkRepository {
  constructor(private readonly prisma: PrismaClient) {}

  async addInvitation(link: { tokenHash: string; createdBy: UserId; now: Date; expiresAt: Date }) {
    await this.prisma.invitation.create({
      data: {
        id: randomUUID(),
        tokenHash: link.tokenHash,
        createdById: link.createdBy,
        createdAt: link.now,
        expiresAt: link.expiresAt,
      },
    });
  }

  async invitationValid(tokenHash: string, now: Date): Promise<boolean> {
    const where = { tokenHash, usedAt: null, expiresAt: { gt: now } };
    return (await this.prisma.invitation.findFirst({ where, select: { id: true } })) !== null;
  }

  /** True for the one who redeems it; of two at once only one is. */
  async redeemInvitation(tokenHash: string, username: string, now: Date): Promise<boolean> {
    const where = { tokenHash, usedAt: null, expiresAt: { gt: now } };
    const { count } = await this.prisma.invitation.updateMany({
      where,
      data: { usedAt: now, usedBy: username },
    });
    return count === 1;
  }

  /** Gives a redeemed invitation back when the sign-up failed after all. */
  async returnInvitation(tokenHash: string, username: string): Promise<void> {
    await this.prisma.invitation.updateMany({
      where: { tokenHash, usedBy: username },
      data: { usedAt: null, usedBy: null },
    });
  }

  /** A new link makes the account's older ones void. */
  async addReset(link: { tokenHash: string; userId: UserId; now: Date; expiresAt: Date }): Promise<void> {
    await this.prisma.$transaction([
      this.prisma.resetToken.deleteMany({ where: { userId: link.userId } }),
      this.prisma.resetToken.create({
        data: {
          id: randomUUID(),
          tokenHash: link.tokenHash,
          userId: link.userId,
          createdAt: link.now,
          expiresAt: link.expiresAt,
        },
      }),
    ]);
  }

  /** Whose link it is, as long as it works. */
  async resetOwner(tokenHash: string, now: Date): Promise<UserId | undefined> {
    const where = { tokenHash, usedAt: null, expiresAt: { gt: now } };
    const found = await this.prisma.resetToken.findFirst({ where, select: { userId: true } });
    return found === null ? undefined : (found.userId as UserId);
  }

  /** The account whose password may be set now; the link is used up. */
  async redeemReset(tokenHash: string, now: Date): Promise<UserId | undefined> {
    const found = await this.prisma.resetToken.findUnique({ where: { tokenHash } });
    if (found === null) return undefined;
    const { count } = await this.prisma.resetToken.updateMany({
      where: { id: found.id, usedAt: null, expiresAt: { gt: now } },
      data: { usedAt: now },
    });
    return count === 1 ? (found.userId as UserId) : undefined;
  }

  /** Sessions, invitations and reset links that have lapsed; how many there were. */
  async deleteExpired(now: Date): Promise<number> {
    const where = { expiresAt: { lt: now } };
    const deleted = await this.prisma.$transaction([
      this.prisma.session.deleteMany({ where }),
      this.prisma.invitation.deleteMany({ where }),
      this.prisma.resetToken.deleteMany({ where }),
      this.prisma.verification.deleteMany({ where }),
    ]);
    return deleted.reduce((sum, { count }) => sum + count, 0);
  }
}
