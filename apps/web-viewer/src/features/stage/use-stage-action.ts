import { toast } from "@footlight/ui/toast.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";

/** What every button of the host's desk does after its call: say what failed, and show the new state. */
export const useStageAction = () => {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return {
    onError: (error: unknown) => toast(messageOf(error), "bad"),
    onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.stage.desk.queryKey() }),
  };
};
