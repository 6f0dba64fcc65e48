import { Button } from "@footlight/ui/button.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { toast } from "@footlight/ui/toast.tsx";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { messageOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";

/** Stages of others that this account is invited to. */
export const MyInvitations = () => {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { data } = useQuery(trpc.stage.invitations.queryOptions(undefined, { refetchInterval: 10_000 }));
  const onError = (error: unknown) => toast(messageOf(error), "bad");
  const onSettled = () => queryClient.invalidateQueries({ queryKey: trpc.stage.invitations.queryKey() });
  const accept = useMutation(
    trpc.stage.accept.mutationOptions({
      onSuccess: ({ stageId }) => navigate(`/stage/${stageId}`),
      onError,
      onSettled,
    }),
  );
  const decline = useMutation(trpc.stage.decline.mutationOptions({ onError, onSettled }));
  if (!data || data.length === 0) return null;
  return (
    <div className="room-notices">
      {data.map(({ invitationId, hostDisplayName, role }) => (
        <Notice
          key={invitationId}
          title={`${hostDisplayName} invites you on stage`}
          actions={
            <>
              <Button size="sm" onClick={() => decline.mutate({ invitationId })}>
                Decline
              </Button>
              <Button
                size="sm"
                variant="primary"
                busy={accept.isPending}
                onClick={() => accept.mutate({ invitationId })}
              >
                Accept
              </Button>
            </>
          }
        >
          {role === "co_host" && <p>You would be co-streaming: your channel may show their stream.</p>}
        </Notice>
      ))}
    </div>
  );
};
