import type { StageState } from "@footlight/shared";
import { toast } from "@footlight/ui/toast.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { messageOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";

/** Whoever comes has used an invitation: the desk's list of them lets go of it at once. */
export const useFreshInvitations = (stage: StageState | undefined) => {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const there = stage && Object.keys(stage.participants).sort().join();
  useEffect(() => {
    if (there !== undefined) void queryClient.invalidateQueries({ queryKey: trpc.stage.desk.queryKey() });
  }, [there, queryClient, trpc]);
};

/** What every button of the host's desk does after its call: say what failed, and show the new state. */
export const useStageAction = () => {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return {
    onError: (error: unknown) => toast(messageOf(error), "bad"),
    onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.stage.desk.queryKey() }),
  };
};
