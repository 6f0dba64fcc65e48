import { rest } from "@footlight/shared";
import type { SignedIn } from "../../domain/accounts/account.ts";
import type { Domain } from "../../domain/create-domain.ts";
import { accepted } from "../api-error.ts";
import { callerOf } from "../client.ts";
import { type RestRoute, route } from "./route.ts";

export function accountRoutes(domain: Pick<Domain, "registration" | "signIn">): RestRoute[] {
  const sessionOf = ({ account, token }: SignedIn) => ({
    user_id: account.userId,
    username: account.username,
    token,
  });

  return [
    route(
      {
        method: "POST",
        path: "/users",
        operationId: "createUser",
        summary: "Sign up",
        auth: "none",
        body: rest.CreateUserBody,
        status: 201,
        answer: rest.SessionAnswer,
        errors: [
          "registration_closed",
          "username_taken",
          "email_taken",
          "username_reserved",
          "weak_password",
        ],
      },
      async ({ request, body }) =>
        sessionOf(accepted(await domain.registration.signUp(body, callerOf(request)))),
    ),
    route(
      {
        method: "POST",
        path: "/sessions",
        operationId: "createSession",
        summary: "Sign in",
        auth: "none",
        body: rest.CreateSessionBody,
        status: 200,
        answer: rest.SessionAnswer,
        errors: ["invalid_credentials"],
      },
      async ({ request, body }) => sessionOf(accepted(await domain.signIn.signIn(body, callerOf(request)))),
    ),
  ];
}
