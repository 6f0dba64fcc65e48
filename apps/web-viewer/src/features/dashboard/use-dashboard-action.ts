import { toast } from "@footlight/ui/toast.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";

/** What every button of the control room does after its call: say so, and show the new state. */
export const useDashboardAction = () => {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return (said: string) => ({
    onSuccess: () => toast(said),
    onError: (error: unknown) => toast(messageOf(error), "bad"),
    onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.dashboard.get.queryKey() }),
  });
};
