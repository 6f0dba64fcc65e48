import type { Dashboard } from "@footlight/shared";
import { Badge } from "@footlight/ui/badge.tsx";
import { Button } from "@footlight/ui/button.tsx";
import { Card } from "@footlight/ui/card.tsx";
import { ConfirmDialog } from "@footlight/ui/dialog.tsx";
import { formatCount, formatUptime } from "@footlight/ui/format.ts";
import { GhostLight } from "@footlight/ui/ghost-light.tsx";
import { useNow } from "@footlight/ui/use-now.ts";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Clock, Eye, Heart } from "lucide-react";
import { useTRPC } from "../../api/trpc.ts";
import { PlayerView } from "../../player/player-view.tsx";
import { useDashboardAction } from "./use-dashboard-action.ts";

type Stream = NonNullable<Dashboard["stream"]>;

const State = ({ status }: { status: Stream["status"] | "offline" }) => {
  switch (status) {
    case "live":
      return <Badge tone="live">LIVE</Badge>;
    case "interrupted":
      return <Badge tone="wait">RECONNECTING</Badge>;
    case "ready":
      return <Badge tone="wait">READY</Badge>;
    case "ended":
    case "offline":
      return <Badge>OFFLINE</Badge>;
  }
};

/** What goes out: the picture as viewers get it, how many there are, and the end. */
export const OnAirCard = ({ data }: { data: Dashboard }) => {
  const { stream } = data;
  const status = stream?.status ?? "offline";
  const onAir = status === "live" || status === "interrupted";
  return (
    <Card id="on-air" title="On air" actions={<State status={status} />}>
      <p role="status" className="sr-only">
        Your stream is {status === "interrupted" ? "interrupted" : status}
      </p>
      <div className="preview">
        <PlayerView
          source={previewOf(stream)}
          title={data.settings.title}
          artist={data.settings.displayName}
          startMuted
          curtain={onAir ? null : <Idle ready={status === "ready"} />}
        />
      </div>
      <div className="on-air-foot">
        <Facts stream={onAir ? stream : null} followers={data.followerCount} />
        {stream && onAir && <EndButton />}
      </div>
    </Card>
  );
};

const previewOf = (stream: Dashboard["stream"]) => {
  if (!stream || (stream.status !== "live" && stream.status !== "interrupted")) return null;
  const { playback_urls, qualities } = stream.playback;
  const url = playback_urls.ll_hls ?? playback_urls.hls;
  if (!url || qualities.length === 0) return null;
  const rungs = qualities.map((quality) => `${quality.name} ${quality.resolution}`);
  const startedAtMs = stream.startedAt === null ? undefined : Date.parse(stream.startedAt);
  return { url, rungs, startedAtMs, waiting: stream.status === "interrupted" };
};

const Idle = ({ ready }: { ready: boolean }) => (
  <div className="curtain">
    <GhostLight size={72} />
    <h3 className="curtain-title">{ready ? "Waiting for your encoder" : "You are offline"}</h3>
    <p>Start streaming in your encoder, and your picture appears here.</p>
  </div>
);

const Facts = ({ stream, followers }: { stream: Stream | null; followers: number }) => {
  const now = useNow();
  return (
    <dl className="facts">
      {stream && (
        <>
          <div>
            <dt>
              <Eye aria-hidden size={16} /> Viewers
            </dt>
            <dd data-testid="dashboard-viewers">{formatCount(stream.viewerCount)}</dd>
          </div>
          <div>
            <dt>
              <Clock aria-hidden size={16} /> On air for
            </dt>
            <dd>{formatUptime(stream.startedAt, now) || "–"}</dd>
          </div>
        </>
      )}
      <div>
        <dt>
          <Heart aria-hidden size={16} /> Followers
        </dt>
        <dd>{formatCount(followers)}</dd>
      </div>
    </dl>
  );
};

/** Asked anew whenever the dialog opens. */
const StageCloses = () => {
  const trpc = useTRPC();
  const { data: desk } = useQuery(trpc.stage.desk.queryOptions(undefined, { staleTime: 0 }));
  if (!desk) return null;
  const hasUnused = desk.invitations.some(({ participantId }) => participantId === null);
  return <p>The stage closes too{hasUnused && ", and its unused links"}.</p>;
};

const EndButton = () => {
  const trpc = useTRPC();
  const action = useDashboardAction();
  const end = useMutation(trpc.dashboard.endStream.mutationOptions(action("The stream has ended")));
  return (
    <ConfirmDialog
      trigger={
        <Button variant="danger" busy={end.isPending} data-testid="end-stream">
          End stream
        </Button>
      }
      title="End the stream?"
      confirm="End stream"
      onConfirm={() => end.mutate()}
    >
      <p>
        Viewers see that it is over. The encoder is cut off and kept out until you allow publishing again.
      </p>
      <StageCloses />
    </ConfirmDialog>
  );
};
