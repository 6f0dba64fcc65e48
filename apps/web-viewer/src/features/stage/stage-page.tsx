import { StageId } from "@footlight/shared";
import { useEffect, useState } from "react";
import { useLocation, useParams } from "react-router";
import { NotFound } from "../../app/not-found.tsx";
import { Door } from "./door.tsx";
import {
  forgetGuestSession,
  forgetLinkToken,
  guestSessionOf,
  keepGuestSession,
  takeLinkToken,
} from "./entry.ts";
import { GuestSeat } from "./guest-seat.tsx";
import "../account/account.css";
import "./stage.css";
import "./stage-tiles.css";

/** `/stage/{id}#token`: the way of a guest onto somebody's stage. */
export const StagePage = () => {
  const stageId = StageId.safeParse(useParams()["stageId"]);
  if (!stageId.success) return <NotFound />;
  return <Way key={stageId.data} stageId={stageId.data} />;
};

const take = (stageId: StageId): string | null => {
  const hide = () => history.replaceState(history.state, "", location.pathname);
  return takeLinkToken(stageId, { hash: location.hash, hide }, sessionStorage);
};

const Way = ({ stageId }: { stageId: StageId }) => {
  const [token, setToken] = useState(() => take(stageId));
  const [session, setSession] = useState(() => guestSessionOf(stageId, sessionStorage));
  const place = useLocation();
  // A second link that is pasted into the address bar changes what follows `#` only.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is when to look again
  useEffect(() => {
    setToken(take(stageId));
    setSession(guestSessionOf(stageId, sessionStorage));
  }, [place, stageId]);

  if (session === null && token !== null) {
    return (
      <Door
        key={token}
        stageId={stageId}
        token={token}
        onIn={(made) => {
          keepGuestSession(stageId, made, sessionStorage);
          setSession(made);
        }}
        onVoid={() => forgetLinkToken(stageId, sessionStorage)}
      />
    );
  }
  return (
    <GuestSeat
      key={session?.guestToken ?? "account"}
      stageId={stageId}
      session={session}
      onVoid={() => forgetGuestSession(stageId, sessionStorage)}
    />
  );
};
