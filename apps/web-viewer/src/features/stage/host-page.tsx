import { Button, LinkButton } from "@footlight/ui/button.tsx";
import { EmptyState } from "@footlight/ui/empty-state.tsx";
import { Skeleton } from "@footlight/ui/skeleton.tsx";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Drama } from "lucide-react";
import { useTRPC } from "../../api/trpc.ts";
import { ErrorState } from "../../app/error-state.tsx";
import { RequireSignIn } from "../account/require-sign-in.tsx";
import { HostDesk } from "./host-desk.tsx";
import { MyInvitations } from "./my-invitations.tsx";
import { useStageAction } from "./use-stage-action.ts";
import "../account/account.css";
import "../dashboard/dashboard.css";
import "./stage.css";
import "./stage-tiles.css";
import "./host.css";

/** `/dashboard/stage`: the host's side of their own stage. */
export const HostPage = () => <RequireSignIn>{() => <HostStage />}</RequireSignIn>;

const HostStage = () => {
  const trpc = useTRPC();
  const { data, isPending, isLoadingError, error, refetch } = useQuery(
    trpc.stage.desk.queryOptions(undefined, { refetchInterval: 10_000, staleTime: 0 }),
  );
  return (
    <div className="page host-page">
      <title>Stage – Footlight</title>
      <div className="room-top">
        <h1>Stage</h1>
        <LinkButton to="/dashboard">Dashboard</LinkButton>
      </div>
      <MyInvitations />
      {isPending && <Skeleton className="skeleton-block" />}
      {isLoadingError && <ErrorState error={error} retry={() => void refetch()} />}
      {data === null && <Closed />}
      {data && <HostDesk key={data.stageId} desk={data} />}
    </div>
  );
};

const Closed = () => {
  const trpc = useTRPC();
  const open = useMutation(trpc.stage.open.mutationOptions(useStageAction()));
  return (
    <EmptyState
      title="Your stage is empty"
      action={
        <Button variant="primary" size="lg" icon={Drama} busy={open.isPending} onClick={() => open.mutate()}>
          Open the stage
        </Button>
      }
    >
      <p>
        Invite guests by link, see and hear each other in real time, and put them on your stream – from this
        browser, or from your own studio.
      </p>
    </EmptyState>
  );
};
