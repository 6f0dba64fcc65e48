import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { problemOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";
import { pollEveryMs, type WatchPhase, watchPhase } from "./watch-phase.ts";

/** The channel of the page, polled as its phase asks for; the page never needs a reload. */
export const useChannel = (username: string) => {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [lastLive, setLastLive] = useState<string | null>(null);
  const facts = (data: Parameters<typeof watchPhase>[0]["channel"], error: unknown) =>
    watchPhase({
      channel: data,
      error,
      missing: error !== null && problemOf(error).code === "channel_not_found",
      sawLive: lastLive === username,
    });

  const query = useQuery(
    trpc.channels.get.queryOptions(
      { username },
      {
        refetchInterval: ({ state }) => pollEveryMs(facts(state.data, state.error).kind),
        refetchIntervalInBackground: true,
      },
    ),
  );
  const phase: WatchPhase = facts(query.data, query.error);
  if (phase.kind === "playing" && lastLive !== username) setLastLive(username);

  const key = trpc.channels.get.queryKey({ username });
  const refresh = useCallback(
    () => void queryClient.invalidateQueries({ queryKey: key }),
    [queryClient, key],
  );
  return { channel: query.data, phase, refresh };
};
