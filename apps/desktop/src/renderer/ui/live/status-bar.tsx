import { Badge } from "@footlight/ui/badge.tsx";
import { Button } from "@footlight/ui/button.tsx";
import { countOf, formatBitrate, formatUptime, spokenUptime } from "@footlight/ui/format.ts";
import { useNow } from "@footlight/ui/use-now.ts";
import type { TargetSnapshot } from "../../../contract/studio-topics.ts";
import { show } from "../../../model/panels/layout.ts";
import { backfillWords, byteWords, serverFaultWords } from "../../state/live-words.ts";
import { broadcastFaultWords, broadcastWords } from "../../state/words.ts";
import { useChangeLayout } from "../panels/use-layout.ts";
import { useStudio, useTopic } from "../use-studio.ts";
import { RecordingStatus } from "./recording-status.tsx";
import { TroubleButton } from "./trouble-button.tsx";
import "./status-bar.css";

const TONES = {
  idle: "plain",
  starting: "wait",
  live: "live",
  interrupted: "warn",
  stopping: "wait",
} as const;

/** How the broadcast does, in words and figures. */
export const StatusBar = () => {
  const broadcast = useTopic("broadcast");
  const targets = useTopic("targets") ?? [];
  const state = broadcast?.state ?? "idle";
  return (
    <footer className="room-status status-bar">
      <span role="status">
        <Badge tone={TONES[state]}>{broadcastWords(state)}</Badge>
      </span>
      {broadcast?.rehearsal && <MakePublic />}
      {broadcast?.liveSinceMs != null && <Timer sinceMs={broadcast.liveSinceMs} />}
      {broadcast?.fault && (
        <span className="status-words status-bad" role="alert" title={broadcastFaultWords(broadcast.fault)}>
          {broadcastFaultWords(broadcast.fault)}
        </span>
      )}
      {state !== "idle" && <Sending targets={targets.filter((target) => target.enabled)} />}
      {targets.map((target) => (
        <Backfill key={target.id} target={target} />
      ))}
      <TroubleButton />
      <span className="top-gap" />
      <RecordingStatus />
      <Machine />
    </footer>
  );
};

const MakePublic = () => {
  const studio = useStudio();
  const press = async () => {
    const answer = await studio.ask("broadcast.make-public", undefined);
    if (answer?.fault) studio.say(serverFaultWords(answer.fault), "bad");
    else if (answer) studio.say("Everybody can watch from now on");
  };
  return (
    <>
      <Badge tone="wait">Rehearsal: only you see it</Badge>
      <Button size="sm" variant="primary" onClick={() => void press()}>
        Make it public
      </Button>
    </>
  );
};

const Timer = ({ sinceMs }: { sinceMs: number }) => {
  const now = useNow();
  const since = new Date(sinceMs).toISOString();
  return (
    <span className="status-figure status-timer">
      <span aria-hidden>{formatUptime(since, now)}</span>
      <span className="sr-only">On air for {spokenUptime(since, now)}</span>
    </span>
  );
};

const Sending = ({ targets }: { targets: readonly TargetSnapshot[] }) => {
  const report = useTopic("report");
  const bitrateBps = targets.reduce((sum, { figures }) => sum + (figures?.bitrateBps ?? 0), 0);
  const live = targets.filter(({ state }) => state.state === "live").length;
  const { render, encode, network } = report?.dropped ?? { render: 0, encode: 0, network: 0 };
  const lost = render + encode + network;
  return (
    <>
      {targets.length > 1 && (
        <span className="status-figure">
          {live} of {targets.length} targets
        </span>
      )}
      {bitrateBps > 0 && <span className="status-figure">{formatBitrate(bitrateBps)}</span>}
      {report && (
        <span
          className="status-spare status-figure"
          title={`Composing ${render}, encoding ${encode}, network ${network}`}
        >
          {lost === 0 ? "No frame dropped" : `${countOf(lost, "frame")} dropped`}
        </span>
      )}
    </>
  );
};

/** What a broken line kept back, on air and after the end. */
const Backfill = ({ target: { backfill } }: { target: TargetSnapshot }) => {
  if (backfill === null || backfill.state === "done") return null;
  const words = backfillWords(backfill);
  return (
    <span className={backfill.state === "failed" ? "status-words status-warn" : "status-words"} title={words}>
      {words}
    </span>
  );
};

/** A press shows all of it. */
const Machine = () => {
  const engine = useTopic("engine");
  const change = useChangeLayout();
  if (!engine) return null;
  return (
    <Button
      size="sm"
      variant="quiet"
      className="status-machine status-figure"
      title="Pictures a second, how long composing one takes, and processor and memory of the studio: show all stats"
      onClick={() => change((layout) => show(layout, "stats"))}
    >
      <span>
        {Math.round(engine.fps)} fps, {engine.renderMs.toFixed(1)} ms
      </span>
      <span>CPU {Math.round(engine.cpuPercent)}%</span>
      <span className="status-spare">{byteWords(engine.memoryBytes)}</span>
    </Button>
  );
};
