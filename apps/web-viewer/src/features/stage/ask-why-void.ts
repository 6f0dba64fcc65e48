import type { StageId } from "@footlight/shared";
import { createTRPCClient, httpLink } from "@trpc/client";
import { problemOf } from "../../api/problem.ts";
import type { AppRouter } from "../../api/router-type.ts";
import type { GuestEndKind } from "./guest-end.tsx";

/** Why a guest token is not good any more: with it alone, whoever else is signed in here. */
export async function askWhyVoid(stageId: StageId, guestToken: string): Promise<GuestEndKind> {
  const client = createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: "/trpc",
        headers: { authorization: `Bearer ${guestToken}` },
        fetch: (url, options) => fetch(url, { ...(options as RequestInit), credentials: "omit" }),
      }),
    ],
  });
  try {
    await client.stage.me.query({ stageId });
    return "closed";
  } catch (error) {
    return problemOf(error).code === "stage_not_found" ? "closed" : "removed";
  }
}
