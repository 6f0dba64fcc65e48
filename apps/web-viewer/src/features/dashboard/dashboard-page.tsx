import type { Dashboard } from "@footlight/shared";
import { LinkButton } from "@footlight/ui/button.tsx";
import { Skeleton } from "@footlight/ui/skeleton.tsx";
import { Tabs } from "@footlight/ui/tabs.tsx";
import { useQuery } from "@tanstack/react-query";
import { Drama } from "lucide-react";
import { useTRPC } from "../../api/trpc.ts";
import { ErrorState } from "../../app/error-state.tsx";
import { RequireSignIn } from "../account/require-sign-in.tsx";
import { MyInvitations } from "../stage/my-invitations.tsx";
import { AudienceCard } from "./audience-card.tsx";
import { ChannelForm } from "./channel-form.tsx";
import { EncoderCard } from "./encoder-card.tsx";
import { encoderHelp } from "./encoder-help.tsx";
import { HealthCard } from "./health-card.tsx";
import { OnAirCard } from "./on-air-card.tsx";
import { PublishNotices } from "./publish-notices.tsx";
import "../account/account.css";
import "./dashboard.css";

/** The streamer's control room. */
export const DashboardPage = () => <RequireSignIn>{() => <ControlRoom />}</RequireSignIn>;

const ControlRoom = () => {
  const trpc = useTRPC();
  const { data, isPending, isLoadingError, error, refetch } = useQuery(
    trpc.dashboard.get.queryOptions(undefined, { refetchInterval: 2_000, staleTime: 0 }),
  );
  return (
    <div className="page">
      <title>Dashboard – Footlight</title>
      {isPending && <Waiting />}
      {isLoadingError && <ErrorState error={error} retry={() => void refetch()} />}
      {data && <Room data={data} />}
    </div>
  );
};

const Room = ({ data }: { data: Dashboard }) => {
  const live = data.stream?.status === "live" || data.stream?.status === "interrupted";
  return (
    <>
      <div className="room-top">
        <h1>Dashboard</h1>
        <div className="row">
          <LinkButton to="/dashboard/stage" icon={Drama}>
            Stage
          </LinkButton>
          <LinkButton to={`/${data.username}`}>View my channel</LinkButton>
        </div>
      </div>
      <PublishNotices data={data} />
      <MyInvitations />
      <div className="room">
        <div className="room-main">
          <OnAirCard data={data} />
          {data.audience && <AudienceCard audience={data.audience} />}
          {live && data.health && <HealthCard health={data.health} />}
          <ChannelForm settings={data.settings} live={live} />
        </div>
        <div className="room-side">
          <EncoderCard ingest={data.ingest} />
          <section className="card" aria-label="How to go live">
            <Tabs label="Broadcast with" tabs={encoderHelp(data.ingest)} />
          </section>
        </div>
      </div>
    </>
  );
};

const Waiting = () => (
  <div className="room" role="status" aria-busy aria-label="Loading dashboard">
    <div className="room-main">
      <Skeleton className="skeleton-block" />
      <Skeleton className="skeleton-block" />
    </div>
    <div className="room-side">
      <Skeleton className="skeleton-block" />
    </div>
  </div>
);
