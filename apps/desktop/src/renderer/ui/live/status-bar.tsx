import { Badge } from "@footlight/ui/badge.tsx";
import { Button } from "@footlight/ui/button.tsx";
import { cx } from "@footlight/ui/cx.ts";
import { formatBitrate, formatUptime, spokenUptime } from "@footlight/ui/format.ts";
import { useNow } from "@footlight/ui/use-now.ts";
import { ExternalLink } from "lucide-react";
import type { TargetSnapshot } from "../../../contract/studio-topics.ts";
import { broadcastFaultWords, broadcastWords, targetWords } from "../../state/words.ts";
import { useStudio, useTopic } from "../use-studio.ts";
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
  const targets = (useTopic("targets") ?? []).filter((target) => target.enabled);
  const running = targets.filter((target) => target.figures !== null);
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
      {state !== "idle" && targets.map((target) => <TargetState key={target.id} target={target} />)}
      {running.length > 0 && <Sending targets={running} />}
      {broadcast?.watchUrl && state === "live" && <WatchLink />}
      <span className="top-gap" />
      <Recording />
      <Machine />
    </footer>
  );
};

const MakePublic = () => {
  const studio = useStudio();
  const press = async () => {
    const answer = await studio.ask("broadcast.make-public", undefined);
    if (answer?.fault) studio.say(`Your server did not make it public: ${answer.fault}`, "bad");
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

/** Cut where the bar is full; its tooltip has all of it. */
const TargetState = ({ target }: { target: TargetSnapshot }) => {
  const words = `${target.name}: ${targetWords(target)}`;
  return (
    <span className={cx("status-words", !isWell(target) && "status-bad")} title={words}>
      {words}
    </span>
  );
};

const isWell = ({ state }: TargetSnapshot) =>
  state.state === "live" ? !state.degraded : state.state === "connecting" || state.state === "stopped";

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
  const engine = useTopic("engine");
  const sum = (of: (target: TargetSnapshot) => number) => targets.reduce((total, one) => total + of(one), 0);
  const dropped = [
    [
      "composing",
      engine?.droppedRender ?? 0,
      "The machine was too busy to compose them. Close other programmes, or choose a lighter picture.",
    ],
    [
      "encoding",
      engine?.droppedEncode ?? 0,
      "The encoder was too slow for them. Choose a lighter picture or another encoder.",
    ],
    [
      "network",
      sum((one) => one.figures?.droppedNetwork ?? 0),
      "The line was too slow for them. Choose a lower bitrate.",
    ],
  ] as const;
  const lost = dropped.filter(([, frames]) => frames > 0);
  return (
    <>
      <span className="status-figure">{formatBitrate(sum((one) => one.figures?.bitrateBps ?? 0))}</span>
      {lost.length === 0 ? (
        <span className="status-spare">No frame dropped</span>
      ) : (
        lost.map(([cause, frames, why]) => (
          <span key={cause} className="status-words status-warn" title={why}>
            {frames} dropped by {cause}
          </span>
        ))
      )}
    </>
  );
};

const WatchLink = () => {
  const studio = useStudio();
  return (
    <Button
      size="sm"
      variant="quiet"
      icon={ExternalLink}
      onClick={() => void studio.ask("open.watch-page", undefined)}
    >
      Watch page
    </Button>
  );
};

const bytes = (count: number) => {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} GB`;
  return `${count < 1e7 ? (count / 1e6).toFixed(1) : Math.round(count / 1e6)} MB`;
};

const Recording = () => {
  const studio = useStudio();
  const recording = useTopic("recording");
  if (!recording || recording.state === "idle")
    return recording?.fault ? <RecordingFault fault={recording.fault} /> : null;
  const paused = recording.state === "paused";
  const seconds = new Date(Date.now() - recording.durationMs).toISOString();
  return (
    <>
      <span className="status-figure">
        {paused ? "Recording paused" : "Recording"} {formatUptime(seconds, Date.now())},{" "}
        {bytes(recording.bytes)}
      </span>
      <Button
        size="sm"
        variant="quiet"
        onClick={() => void studio.ask("recording.pause", { paused: !paused })}
      >
        {paused ? "Go on" : "Pause"}
      </Button>
      <Button size="sm" variant="quiet" onClick={() => void studio.ask("recording.split", undefined)}>
        Split
      </Button>
    </>
  );
};

const RecordingFault = ({ fault }: { fault: string }) => (
  <span className="status-words status-bad" title={fault}>
    Recording stopped: {fault}
  </span>
);

const PROCESS = {
  starting: "starting",
  ready: "ready",
  restarting: "crashed, starting again",
  failed: "does not run",
} as const;

const Machine = () => {
  const engine = useTopic("engine");
  if (!engine) return null;
  const ill = [
    engine.engine !== "ready" && `Picture ${PROCESS[engine.engine]}`,
    engine.encoder !== "ready" && `Encoder ${PROCESS[engine.encoder]}`,
  ].filter((words) => words !== false);
  return (
    <>
      {ill.map((words) => (
        <span key={words} className="status-warn">
          {words}
        </span>
      ))}
      <span className="status-figure" title="Pictures a second, and how long composing one takes">
        {Math.round(engine.fps)} fps, {engine.renderMs.toFixed(1)} ms
      </span>
      <span className="status-figure" title="Of the studio's processes; 100% is one core">
        CPU {Math.round(engine.cpuPercent)}%
      </span>
      <span className="status-figure status-spare" title="Memory of the studio's processes">
        {bytes(engine.memoryBytes)}
      </span>
    </>
  );
};
