import { LinkAnswer, OperatorUsersInput, OperatorUsersPage, UserInput } from "@footlight/shared";
import type { Domain } from "../../domain/create-domain.ts";
import { accepted } from "../api-error.ts";
import { isoTime } from "../presenter.ts";
import { operatorOnly, router } from "./procedures.ts";

export interface OperatorRouterDeps {
  readonly domain: Pick<Domain, "users" | "registration" | "passwords">;
  readonly publicUrl: string | undefined;
}

/** The desk of whoever runs the server. */
export function operatorRouter({ domain, publicUrl }: OperatorRouterDeps) {
  const base = (origin: string) => publicUrl?.replace(/\/+$/, "") ?? origin;

  return router({
    users: operatorOnly
      .input(OperatorUsersInput)
      .output(OperatorUsersPage)
      .query(async ({ input }) => {
        const after = input.cursor === undefined ? undefined : fromCursor(input.cursor);
        const rows = await domain.users.list({ q: input.q, limit: input.limit + 1, after });
        const shown = rows.slice(0, input.limit);
        const last = rows.length > input.limit ? shown.at(-1) : undefined;
        return {
          users: shown.map(({ createdAtMs, ...user }) => ({ ...user, createdAt: isoTime(createdAtMs) })),
          nextCursor: last === undefined ? null : toCursor(last.username),
        };
      }),

    createInvite: operatorOnly.output(LinkAnswer).mutation(async ({ ctx }) => {
      const { token, expiresAtMs } = await domain.registration.invite(ctx.me);
      return {
        url: `${base(ctx.origin)}/signup?invite=${token}`,
        token,
        expiresAt: isoTime(expiresAtMs),
      };
    }),

    createResetLink: operatorOnly
      .input(UserInput)
      .output(LinkAnswer)
      .mutation(async ({ ctx, input }) => {
        const { token, expiresAtMs } = accepted(await domain.passwords.operatorLink(input.userId));
        return { url: `${base(ctx.origin)}/reset?token=${token}`, token, expiresAt: isoTime(expiresAtMs) };
      }),
  });
}

const toCursor = (username: string) => Buffer.from(username).toString("base64url");
const fromCursor = (cursor: string) => Buffer.from(cursor, "base64url").toString("utf8").replaceAll("\0", "");
