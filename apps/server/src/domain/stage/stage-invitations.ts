import {
  type ParticipantId,
  STAGE_LIMITS,
  type StageId,
  type StreamId,
  type UserId,
  type Username,
} from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { oneAtATime } from "../../platform/one-at-a-time.ts";
import type { Account } from "../accounts/account.ts";
import type { LinkTokens } from "../accounts/link-tokens.ts";
import type { Channel } from "../channels/channel.ts";
import { randomText } from "../ids.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { type Guest, type Invitation, type Stage, type Standing, standingOfGuest } from "./stage.ts";
import type { Stages } from "./stages.ts";

/** An account's invitation. */
const BY_NAME_MS = 24 * 3600 * 1000;

export interface StageInvitationsDeps {
  readonly invitations: {
    add(invitation: {
      invitationId: string;
      stageId: StageId;
      tokenHash: string | null;
      userId: UserId | null;
      name: string | null;
      role: Invitation["role"];
      now: Date;
      expiresAt: Date;
    }): Promise<void>;
    byId(invitationId: string): Promise<Invitation | undefined>;
    byToken(tokenHash: string): Promise<Invitation | undefined>;
    ofStage(stageId: StageId): Promise<Invitation[]>;
    countOpen(stageId: StageId, now: Date): Promise<number>;
    ofUser(userId: UserId, now: Date): Promise<InvitationToMe[]>;
    use(invitationId: string, participantId: ParticipantId, now: Date): Promise<boolean>;
    giveBack(invitationId: string, participantId: ParticipantId): Promise<void>;
    withdraw(
      of: { readonly stageId: StageId } | { readonly userId: UserId },
      invitationId: string,
      now: Date,
    ): Promise<boolean>;
  };
  readonly guests: {
    addGuest(guest: {
      participantId: ParticipantId;
      stageId: StageId;
      userId: UserId | null;
      sessionHash: string | null;
      name: string;
      role: Guest["role"];
      carry: Guest["carry"];
      now: Date;
    }): Promise<void>;
  };
  readonly stages: Pick<Stages, "byId" | "guests" | "standing" | "changed">;
  readonly channels: {
    byUser(userId: UserId): Promise<Channel | undefined>;
    byUsername(username: string): Promise<Channel | undefined>;
  };
  readonly tokens: LinkTokens;
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
}

export interface InvitationToMe extends Invitation {
  readonly streamId: StreamId;
  readonly hostUsername: Username;
  readonly hostDisplayName: string;
}

type Invited = { readonly kind: "invited"; readonly invitation: Invitation };

/** How people come to a stage: by a link, once, or with their account. */
export class StageInvitations {
  /** Places are counted and taken in one go. */
  readonly #entering = oneAtATime();

  constructor(private readonly deps: StageInvitationsDeps) {}

  /** The token is shown once. */
  async byLink(
    stage: Stage,
    options: { readonly name: string | undefined; readonly lifeMs: number },
  ): Promise<(Invited & { readonly token: string }) | Refusal<"stage_full">> {
    const { token, tokenHash } = this.deps.tokens.make();
    const invited = await this.#add(stage, {
      tokenHash,
      userId: null,
      name: options.name ?? null,
      role: "guest",
      lifeMs: options.lifeMs,
    });
    return invited.kind === "refused" ? invited : { ...invited, token };
  }

  async byName(
    stage: Stage,
    username: Username,
    coStream: boolean,
  ): Promise<Invited | Refusal<"stage_full" | "channel_not_found" | "forbidden">> {
    const channel = await this.deps.channels.byUsername(username);
    if (channel === undefined) return refuse("channel_not_found");
    if (channel.userId === stage.hostUserId) return refuse("forbidden");
    return await this.#add(stage, {
      tokenHash: null,
      userId: channel.userId,
      name: channel.displayName,
      role: coStream ? "co_host" : "guest",
      lifeMs: BY_NAME_MS,
    });
  }

  async ofStage(stageId: StageId): Promise<readonly Invitation[]> {
    return await this.deps.invitations.ofStage(stageId);
  }

  async ofAccount(account: Pick<Account, "userId">): Promise<readonly InvitationToMe[]> {
    return await this.deps.invitations.ofUser(account.userId, this.#now());
  }

  async revoke(stage: Stage, invitationId: string): Promise<boolean> {
    return await this.deps.invitations.withdraw({ stageId: stage.stageId }, invitationId, this.#now());
  }

  async decline(account: Pick<Account, "userId">, invitationId: string): Promise<boolean> {
    return await this.deps.invitations.withdraw({ userId: account.userId }, invitationId, this.#now());
  }

  /** Whose stage a link leads to; it stays unused. */
  async behindLink(
    stageId: StageId,
    token: string,
  ): Promise<
    | { readonly kind: "open"; readonly stage: Stage }
    | Refusal<"stage_not_found" | "forbidden" | "token_expired">
  > {
    const found = await this.#byLink(stageId, token);
    if (found.kind === "refused") return found;
    const { participantId, withdrawn, expiresAtMs } = found.invitation;
    const isOver = participantId !== null || withdrawn || expiresAtMs <= this.deps.clock.nowMs();
    return isOver ? refuse("token_expired") : { kind: "open", stage: found.stage };
  }

  /** A link's one use: a guest, and the secret by which they come back until they are removed. */
  async redeem(
    stageId: StageId,
    token: string,
    name: string,
  ): Promise<
    | { readonly kind: "redeemed"; readonly guestToken: string; readonly standing: Standing }
    | Refusal<"stage_not_found" | "forbidden" | "token_expired" | "stage_full">
  > {
    const found = await this.#byLink(stageId, token);
    if (found.kind === "refused") return found;
    const { stage, invitation } = found;
    const guestToken = randomText(43);
    const sessionHash = this.deps.tokens.hash(guestToken);
    const standing = await this.#enter(stage, invitation, { name, sessionHash });
    return standing.kind === "refused" ? standing : { kind: "redeemed", guestToken, standing };
  }

  async accept(
    account: Pick<Account, "userId">,
    invitationId: string,
  ): Promise<Standing | Refusal<"not_found" | "stage_not_found" | "token_expired" | "stage_full">> {
    const { invitations, stages, channels } = this.deps;
    const invitation = await invitations.byId(invitationId);
    if (invitation === undefined || invitation.userId !== account.userId) return refuse("not_found");
    const stage = await stages.byId(invitation.stageId);
    if (stage === undefined) return refuse("stage_not_found");
    // Who is there already, by this invitation or another one, stays who they are.
    const standing = await stages.standing(account, stage.stageId);
    if (standing.kind === "standing") return standing;
    const channel = await channels.byUser(account.userId);
    return await this.#enter(stage, invitation, { name: channel?.displayName ?? "", sessionHash: null });
  }

  async #byLink(
    stageId: StageId,
    token: string,
  ): Promise<
    | { readonly kind: "found"; readonly stage: Stage; readonly invitation: Invitation }
    | Refusal<"stage_not_found" | "forbidden">
  > {
    const { tokens, invitations, stages } = this.deps;
    const stage = await stages.byId(stageId);
    if (stage === undefined) return refuse("stage_not_found");
    const invitation = await invitations.byToken(tokens.hash(token));
    if (invitation === undefined || invitation.stageId !== stageId) return refuse("forbidden");
    return { kind: "found", stage, invitation };
  }

  #enter(
    stage: Stage,
    invitation: Invitation,
    as: { readonly name: string; readonly sessionHash: string | null },
  ): Promise<Standing | Refusal<"token_expired" | "stage_full">> {
    return this.#entering(async () => {
      const { invitations, guests, stages, logger } = this.deps;
      const { stageId } = stage;
      const participantId = randomText(12) as ParticipantId;
      const others = await stages.guests(stageId);
      const now = this.#now();
      const spent = invitation.participantId !== null || invitation.withdrawn;
      if (!spent && others.length + 1 >= STAGE_LIMITS.participants) return refuse("stage_full");
      if (!(await invitations.use(invitation.invitationId, participantId, now)))
        return refuse("token_expired");
      const { userId, role } = invitation;
      const carry = role === "co_host" ? "allowed" : "no";
      try {
        await guests.addGuest({ participantId, stageId, userId, role, carry, ...as, now });
      } catch (error) {
        await invitations.giveBack(invitation.invitationId, participantId);
        throw error;
      }
      const guest = (await stages.guests(stageId)).find((one) => one.participantId === participantId);
      if (guest === undefined) throw new Error("a guest who has just come is gone");
      logger.info({ stageId, participantId, role }, "guest came");
      stages.changed(stageId);
      return standingOfGuest(stage, guest);
    });
  }

  async #add(
    stage: Stage,
    invitation: Pick<Invitation, "userId" | "name" | "role"> & {
      readonly tokenHash: string | null;
      readonly lifeMs: number;
    },
  ): Promise<Invited | Refusal<"stage_full">> {
    const { invitations } = this.deps;
    const { lifeMs, ...columns } = invitation;
    const now = this.#now();
    const open = await invitations.countOpen(stage.stageId, now);
    if (open >= STAGE_LIMITS.invitations) return refuse("stage_full");
    const invitationId = randomText(16);
    const expiresAt = new Date(now.getTime() + lifeMs);
    await invitations.add({ invitationId, stageId: stage.stageId, ...columns, now, expiresAt });
    const added = await invitations.byId(invitationId);
    if (added === undefined) throw new Error("an invitation that was just made is gone");
    return { kind: "invited", invitation: added };
  }

  #now(): Date {
    return new Date(this.deps.clock.nowMs());
  }
}
