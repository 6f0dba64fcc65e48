import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "./trpc.ts";

/** Who is signed in; null for nobody. */
export const useMe = () => {
  const trpc = useTRPC();
  return useQuery(trpc.account.me.queryOptions(undefined, { staleTime: 60_000 }));
};

export const useServerInfo = () => {
  const trpc = useTRPC();
  return useQuery(trpc.server.info.queryOptions(undefined, { staleTime: 60_000 }));
};

/** After signing in or out everything that was shown may differ. */
export const useRenewAll = () => {
  const queryClient = useQueryClient();
  return () => queryClient.resetQueries();
};

export const useSignOut = () => {
  const trpc = useTRPC();
  const renew = useRenewAll();
  return useMutation(trpc.account.signOut.mutationOptions({ onSettled: () => renew() }));
};
