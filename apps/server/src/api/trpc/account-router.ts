import {
  ChangePasswordInput,
  DeleteAccountInput,
  Done,
  InviteAnswer,
  InviteInput,
  Me,
  RequestResetInput,
  ResetPasswordInput,
  SignInInput,
  SignUpInput,
} from "@footlight/shared";
import type { z } from "zod";
import type { Account } from "../../domain/accounts/account.ts";
import type { Domain } from "../../domain/create-domain.ts";
import { ApiError, accepted } from "../api-error.ts";
import type { Presenter } from "../presenter.ts";
import { anyone, router, signedIn } from "./procedures.ts";

export interface AccountRouterDeps {
  readonly domain: Pick<Domain, "auth" | "registration" | "signIn" | "passwords" | "deletion" | "channels">;
  readonly presenter: Presenter;
  /** Where a reset link in a mail leads: never by what the request claims its host to be. */
  readonly mailLink: (path: string) => string;
}

const DONE = { ok: true } as const;

export function accountRouter({ domain, presenter, mailLink }: AccountRouterDeps) {
  const meOf = async (account: Account): Promise<z.infer<typeof Me>> => {
    const channel = await domain.channels.of(account);
    return {
      userId: account.userId,
      username: account.username,
      displayName: channel.displayName,
      email: account.email,
      avatar: presenter.avatar(channel.avatarHash),
      operator: account.operator,
    };
  };

  return router({
    /** Null for a visitor. */
    me: anyone.output(Me.nullable()).query(async ({ ctx }) => {
      const account = await ctx.account();
      return account === undefined ? null : await meOf(account);
    }),

    signUp: anyone
      .input(SignUpInput)
      .output(Me)
      .mutation(async ({ ctx, input }) => {
        const { account, token } = accepted(await domain.registration.signUp(input, ctx.caller));
        ctx.setSession(token);
        return await meOf(account);
      }),

    signIn: anyone
      .input(SignInInput)
      .output(Me)
      .mutation(async ({ ctx, input }) => {
        const { account, token } = accepted(await domain.signIn.signIn(input, ctx.caller));
        ctx.setSession(token);
        return await meOf(account);
      }),

    /** Fine without a session, too: afterwards there is none. */
    signOut: anyone.output(Done).mutation(async ({ ctx }) => {
      if (ctx.token !== undefined) await domain.auth.signOut(ctx.token);
      ctx.setSession(undefined);
      return DONE;
    }),

    signOutEverywhere: signedIn.output(Done).mutation(async ({ ctx }) => {
      await domain.auth.signOutEverywhere(ctx.me.userId);
      ctx.setSession(undefined);
      return DONE;
    }),

    changePassword: signedIn
      .input(ChangePasswordInput)
      .output(Done)
      .mutation(async ({ ctx, input }) => {
        const changed = await domain.passwords.change(ctx.me, ctx.token, input, ctx.caller);
        ctx.setSession(accepted(changed).token);
        return DONE;
      }),

    requestReset: anyone
      .input(RequestResetInput)
      .output(Done)
      .mutation(({ ctx, input }) => {
        if (!domain.passwords.byMail) throw new ApiError("unavailable");
        accepted(
          domain.passwords.requestReset(input.email, ctx.caller, (token) =>
            mailLink(`/reset?token=${token}`),
          ),
        );
        return DONE;
      }),

    resetPassword: anyone
      .input(ResetPasswordInput)
      .output(Done)
      .mutation(async ({ ctx, input }) => {
        accepted(await domain.passwords.reset(input.token, input.newPassword, ctx.caller));
        return DONE;
      }),

    checkInvite: anyone
      .input(InviteInput)
      .output(InviteAnswer)
      .query(async ({ input }) => ({ valid: await domain.registration.inviteValid(input.invite) })),

    deleteAccount: signedIn
      .input(DeleteAccountInput)
      .output(Done)
      .mutation(async ({ ctx, input }) => {
        accepted(await domain.deletion.delete(ctx.me, input.password));
        ctx.setSession(undefined);
        return DONE;
      }),
  });
}
