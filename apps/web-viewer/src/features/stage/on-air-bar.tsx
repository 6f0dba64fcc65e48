import { Badge } from "@footlight/ui/badge.tsx";
import { Button } from "@footlight/ui/button.tsx";
import { useStore } from "@footlight/ui/use-store.ts";
import { useQuery } from "@tanstack/react-query";
import { Radio, Square } from "lucide-react";
import { useEffect, useState } from "react";
import { useTRPC, useTRPCClient } from "../../api/trpc.ts";
import { Composer } from "./compositor/composer.ts";
import type { WhipState } from "./compositor/whip-sender.ts";
import type { LocalDevices } from "./media/local-devices.ts";
import type { StageSeat } from "./stage-seat.ts";

/** Reloading the page must not end the broadcast: the tab remembers that it was composing. */
const MEMORY = "footlight.composing";

/** Broadcasts the stage from this browser, for who has no studio. */
export const OnAirBar = ({ seat, devices }: { seat: StageSeat; devices: LocalDevices }) => {
  const [on, setOn] = useState(() => sessionStorage.getItem(MEMORY) === seat.stageId);
  const composer = useComposer(seat, devices, on);
  const turn = (next: boolean) => {
    if (next) sessionStorage.setItem(MEMORY, seat.stageId);
    else sessionStorage.removeItem(MEMORY);
    setOn(next);
  };
  if (!on || composer === null) {
    return (
      <div className="on-air-bar">
        <Button variant="primary" size="lg" icon={Radio} onClick={() => turn(true)}>
          Broadcast from this browser
        </Button>
        <p className="field-hint">
          Mixes everybody’s picture and sound here and sends it as your stream. Not needed when you broadcast
          from a studio or OBS.
        </p>
      </div>
    );
  }
  return <OnAir composer={composer} onStop={() => turn(false)} />;
};

const useComposer = (seat: StageSeat, devices: LocalDevices, on: boolean): Composer | null => {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { data } = useQuery(trpc.dashboard.get.queryOptions());
  const url = data?.ingest.webrtc ?? null;
  const [composer, setComposer] = useState<Composer | null>(null);
  useEffect(() => {
    if (!on || url === null) return;
    const made = new Composer(seat, devices, {
      // On this page's own origin, whatever name the server has for encoders.
      url: new URL(url, location.href).pathname,
      fetchKey: async () => (await client.dashboard.revealKey.mutate()).streamKey,
    });
    setComposer(made);
    return () => {
      made.close();
      setComposer(null);
    };
  }, [seat, devices, on, url, client]);
  return composer;
};

const OnAir = ({ composer, onStop }: { composer: Composer; onStop: () => void }) => {
  const state = useStore(composer.sender.state);
  return (
    <div className="on-air-bar" data-testid="on-air" data-state={state.kind}>
      <div className="row">
        <Badge tone={state.kind === "live" ? "live" : "wait"}>{BADGES[state.kind]}</Badge>
        <Button icon={Square} onClick={onStop}>
          Stop broadcasting
        </Button>
      </div>
      <p role="status" className="field-hint">
        {wordsOf(state)}
      </p>
    </div>
  );
};

const BADGES: Record<WhipState["kind"], string> = {
  live: "ON AIR",
  connecting: "CONNECTING",
  interrupted: "INTERRUPTED",
  retrying: "RECONNECTING",
  refused: "OFF AIR",
  ended: "OFF AIR",
};

function wordsOf(state: WhipState): string {
  switch (state.kind) {
    case "connecting":
      return "Connecting…";
    case "live":
      return "Your audience sees the stage. Keep this tab open; it may be in the background.";
    case "interrupted":
      return "The connection is interrupted: your audience does not see the stage. Waiting for it to come back…";
    case "retrying":
      return state.status === 409
        ? "Another encoder is live with your stream key. Stop it there, and this takes over."
        : "The connection was lost. Trying again…";
    case "refused":
      return "The server does not take the broadcast. Stop, and start it again.";
    case "ended":
      return "Stopped.";
  }
}
