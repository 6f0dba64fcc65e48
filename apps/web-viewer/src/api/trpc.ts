import { QueryClient } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { createTRPCContext, createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { isLost, problemOf } from "./problem.ts";
import type { AppRouter } from "./router-type.ts";

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

/** The only way to the server's procedures; same origin, the session is a cookie. */
export const createClient = () =>
  createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: "/trpc", maxItems: 10 })] });

/** Answers that come before who asks for them, by some hundred milliseconds on a busy machine. */
export const aheadOf = (queryClient: QueryClient, client: ReturnType<typeof createClient>) => {
  const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient });
  return {
    channel: (username: string) =>
      void queryClient.prefetchQuery(trpc.channels.get.queryOptions({ username })),
  };
};

/** A query is tried again when the network failed, never when the server has answered. */
export const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < 2 && isLost(problemOf(error)),
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000),
        // Shown states come from the answers, also while the browser says that it is offline.
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
