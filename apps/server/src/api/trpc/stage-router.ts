import {
  CarryInput,
  Done,
  InvitationInput,
  InviteByLinkAnswer,
  InviteByLinkInput,
  InviteByNameInput,
  LookAtAnswer,
  LookAtInput,
  MyStageInvitation,
  RedeemAnswer,
  RedeemInput,
  StageActInput,
  StageDesk,
  StageInput,
  StageInvitation,
  StageLayout,
  StageMe,
} from "@footlight/shared";
import { z } from "zod";
import type { Account } from "../../domain/accounts/account.ts";
import { settingsOf } from "../../domain/channels/channel.ts";
import type { Domain } from "../../domain/create-domain.ts";
import type { Invitation, Stage, Standing } from "../../domain/stage/stage.ts";
import { ApiError, accepted } from "../api-error.ts";
import { isoTime } from "../presenter.ts";
import { anyone, router, signedIn } from "./procedures.ts";

export interface StageRouterDeps {
  readonly domain: Pick<Domain, "channels" | "streams" | "stages" | "stageInvitations">;
  readonly publicUrl: string | undefined;
}

const DONE = { ok: true } as const;

/** Stages: the host's work on their own one, and how guests come to somebody's. */
export function stageRouter({ domain, publicUrl }: StageRouterDeps) {
  const { stages, stageInvitations: invitations } = domain;

  const myStage = async (me: Account): Promise<Stage> => {
    const stage = await stages.ofHost(me);
    if (stage === undefined) throw new ApiError("stage_not_found");
    return stage;
  };
  const deskOf = async (stage: Stage): Promise<StageDesk> => ({
    stageId: stage.stageId,
    streamId: stage.streamId,
    openedAt: isoTime(stage.openedAtMs),
    invitations: (await invitations.ofStage(stage.stageId)).map(shown),
  });

  const host = {
    /** Null while no stage is open. */
    desk: signedIn.output(StageDesk.nullable()).query(async ({ ctx }) => {
      const stage = await stages.ofHost(ctx.me);
      return stage === undefined ? null : await deskOf(stage);
    }),

    /** On the channel's open stream; makes one ready where there is none. Opening twice is opening once. */
    open: signedIn.output(StageDesk).mutation(async ({ ctx }) => {
      const channel = await domain.channels.of(ctx.me);
      const open = await domain.streams.openOf(channel.channelId);
      const stream = open ?? accepted(await domain.streams.start(channel, settingsOf(channel))).stream;
      return await deskOf(await stages.open(stream.streamId));
    }),

    /** Everybody leaves; guests' sessions and links end. The stream goes on. */
    close: signedIn.output(Done).mutation(async ({ ctx }) => {
      await stages.close((await myStage(ctx.me)).stageId);
      return DONE;
    }),

    inviteByLink: signedIn
      .input(InviteByLinkInput)
      .output(InviteByLinkAnswer)
      .mutation(async ({ ctx, input }) => {
        const stage = await myStage(ctx.me);
        const life = { name: input.name, lifeMs: input.lifeMinutes * 60_000 };
        const { invitation, token } = accepted(await invitations.byLink(stage, life));
        const base = publicUrl?.replace(/\/+$/, "") ?? ctx.origin;
        return { invitation: shown(invitation), url: `${base}/stage/${stage.stageId}#${token}` };
      }),

    inviteByName: signedIn
      .input(InviteByNameInput)
      .output(StageInvitation)
      .mutation(async ({ ctx, input }) => {
        const stage = await myStage(ctx.me);
        return shown(accepted(await invitations.byName(stage, input.username, input.coStream)).invitation);
      }),

    revokeInvitation: signedIn
      .input(InvitationInput)
      .output(Done)
      .mutation(async ({ ctx, input }) => {
        if (!(await invitations.revoke(await myStage(ctx.me), input.invitationId)))
          throw new ApiError("not_found");
        return DONE;
      }),

    act: signedIn
      .input(StageActInput)
      .output(Done)
      .mutation(async ({ ctx, input }) => {
        accepted(await stages.act(await myStage(ctx.me), input.participantId, input.action));
        return DONE;
      }),

    setLayout: signedIn
      .input(StageLayout)
      .output(Done)
      .mutation(async ({ ctx, input }) => {
        await stages.setLayout(await myStage(ctx.me), input);
        return DONE;
      }),
  };

  const guest = {
    invitations: signedIn.output(z.array(MyStageInvitation)).query(async ({ ctx }) => {
      return (await invitations.ofAccount(ctx.me)).map((invitation) => ({
        invitationId: invitation.invitationId,
        stageId: invitation.stageId,
        role: invitation.role,
        hostUsername: invitation.hostUsername,
        hostDisplayName: invitation.hostDisplayName,
        expiresAt: isoTime(invitation.expiresAtMs),
      }));
    }),

    accept: signedIn
      .input(InvitationInput)
      .output(StageMe)
      .mutation(async ({ ctx, input }) =>
        meOf(accepted(await invitations.accept(ctx.me, input.invitationId))),
      ),

    decline: signedIn
      .input(InvitationInput)
      .output(Done)
      .mutation(async ({ ctx, input }) => {
        if (!(await invitations.decline(ctx.me, input.invitationId))) throw new ApiError("not_found");
        return DONE;
      }),

    lookAt: anyone
      .input(LookAtInput)
      .output(LookAtAnswer)
      .mutation(async ({ input }) => {
        const { stage } = accepted(await invitations.behindLink(input.stageId, input.token));
        const { hostDisplayName, hostUsername, title } = stage;
        return { hostDisplayName, hostUsername, title };
      }),

    redeem: anyone
      .input(RedeemInput)
      .output(RedeemAnswer)
      .mutation(async ({ input }) => {
        const { guestToken, standing } = accepted(
          await invitations.redeem(input.stageId, input.token, input.name),
        );
        return { guestToken, me: meOf(standing) };
      }),

    me: anyone
      .input(StageInput)
      .output(StageMe)
      .query(async ({ ctx, input }) => {
        const account = await ctx.account();
        if (account !== undefined) return meOf(accepted(await stages.standing(account, input.stageId)));
        const standing = ctx.token === undefined ? undefined : await stages.guestStanding(ctx.token);
        if (standing?.stage.stageId === input.stageId) return meOf(standing);
        throw new ApiError(
          (await stages.byId(input.stageId)) === undefined ? "stage_not_found" : "unauthenticated",
        );
      }),

    carry: signedIn
      .input(CarryInput)
      .output(Done)
      .mutation(async ({ ctx, input }) => {
        accepted(await stages.carry(ctx.me, input.stageId, input.on));
        return DONE;
      }),
  };

  return router({ ...host, ...guest });
}

const shown = (invitation: Invitation): StageInvitation => ({
  invitationId: invitation.invitationId,
  username: invitation.username,
  name: invitation.name,
  role: invitation.role,
  expiresAt: isoTime(invitation.expiresAtMs),
  participantId: invitation.participantId,
});

const meOf = ({ stage, participantId, name, role, state }: Standing): StageMe => ({
  stageId: stage.stageId,
  streamId: stage.streamId,
  participantId,
  name,
  role,
  state,
  hostUsername: stage.hostUsername,
  hostDisplayName: stage.hostDisplayName,
  title: stage.title,
});
