import type { StageId } from "@footlight/shared";
import { Notice } from "@footlight/ui/notice.tsx";
import { Skeleton } from "@footlight/ui/skeleton.tsx";
import { useStore } from "@footlight/ui/use-store.ts";
import { useEffect, useState } from "react";
import { Navigate } from "react-router";
import { type ProblemCode, wordsFor } from "../../api/problem.ts";
import { askWhyVoid } from "./ask-why-void.ts";
import type { GuestSession } from "./entry.ts";
import { GreenRoom } from "./green-room.tsx";
import { GuestEnd, type GuestEndKind } from "./guest-end.tsx";
import { GuestOnStage } from "./guest-on-stage.tsx";
import type { LocalDevices } from "./media/local-devices.ts";
import { SeatTrouble } from "./seat-trouble.tsx";
import type { SeatEnd, StageSeat } from "./stage-seat.ts";
import { useDevices, useSeat } from "./use-seat.ts";

/** A guest who was let in, by a link (`session`) or with an account: green room, queue and stage. */
export const GuestSeat = ({
  stageId,
  session,
  onVoid,
}: {
  stageId: StageId;
  session: GuestSession | null;
  onVoid: () => void;
}) => {
  const [left, setLeft] = useState(false);
  if (left) {
    return <GuestEnd kind="left" hostUsername={session?.me.hostUsername} onReturn={() => setLeft(false)} />;
  }
  return <Present {...{ stageId, session, onVoid }} onLeave={() => setLeft(true)} />;
};

const Present = ({
  stageId,
  session,
  onVoid,
  onLeave,
}: {
  stageId: StageId;
  session: GuestSession | null;
  onVoid: () => void;
  onLeave: () => void;
}) => {
  const devices = useDevices();
  const seat = useSeat(stageId, session?.guestToken ?? null, devices);
  if (devices === null || seat === null) return <Waiting />;
  return <Seated {...{ stageId, session, devices, seat, onVoid, onLeave }} />;
};

const Seated = ({
  stageId,
  session,
  devices,
  seat,
  onVoid,
  onLeave,
}: {
  stageId: StageId;
  session: GuestSession | null;
  devices: LocalDevices;
  seat: StageSeat;
  onVoid: () => void;
  onLeave: () => void;
}) => {
  const { stage, me, end, link, trouble } = useStore(seat.view);
  const why = useEnd(end, stageId, session, onVoid);
  const hostUsername = stage?.host.username ?? session?.me.hostUsername;
  if (end !== null) return why === null ? <Waiting /> : <GuestEnd kind={why} hostUsername={hostUsername} />;
  const person = me === null ? undefined : stage?.participants[me];
  if (stage === undefined || person === undefined) return <Waiting trouble={trouble} />;
  // The host's own page has the controls.
  if (person.role === "host") return <Navigate to="/dashboard/stage" replace />;
  return (
    <>
      {link === "lost" && <Lost />}
      {link === "open" && trouble === "joined_elsewhere" && <SeatTrouble seat={seat} trouble={trouble} />}
      {person.state === "on_stage" ? (
        <GuestOnStage {...{ seat, devices, stage, person, onLeave }} />
      ) : (
        <GreenRoom {...{ seat, devices, stage, person, title: session?.me.title }} />
      )}
    </>
  );
};

/** The server tells once why somebody is out; after a reload it is asked. */
const useEnd = (
  end: SeatEnd | null,
  stageId: StageId,
  session: GuestSession | null,
  onVoid: () => void,
): GuestEndKind | null => {
  const [why, setWhy] = useState<GuestEndKind | null>(null);
  useEffect(() => {
    if (end === null) return;
    if (end === "removed" || end === "closed") setWhy(end);
    else if (session === null) setWhy("by_invitation");
    else void askWhyVoid(stageId, session.guestToken).then(setWhy);
    onVoid();
  }, [end, stageId, session, onVoid]);
  return why;
};

const Lost = () => (
  <div className="stage-lost" role="status">
    <Notice tone="warn" title="The connection was lost">
      <p>Your place is kept. Coming back…</p>
    </Notice>
  </div>
);

const Waiting = ({ trouble = null }: { trouble?: ProblemCode | null }) => (
  <div className="page page-medium" role="status" aria-busy aria-label="Coming to the stage">
    <title>Stage – Footlight</title>
    {trouble === null ? (
      <Skeleton className="skeleton-block" />
    ) : (
      <Notice tone="warn" title={wordsFor(trouble)} />
    )}
  </div>
);
