import { formatBitrate } from "@footlight/ui/format.ts";
import { useNow } from "@footlight/ui/use-now.ts";
import { useStore } from "@footlight/ui/use-store.ts";
import type { ReactNode } from "react";
import type { TargetSnapshot } from "../../../contract/studio-topics.ts";
import { backfillWords, byteWords, targetWords } from "../../state/live-words.ts";
import { useStudio, useTopic } from "../use-studio.ts";
import { Sparkline } from "./sparkline.tsx";
import { TroubleMend } from "./trouble-notice.tsx";
import { useTroubles } from "./use-troubles.ts";
import "./stats-panel.css";

/** How the machine, the picture and each target do. */
export const StatsPanel = () => (
  <section
    className="panel-body stats"
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    tabIndex={0}
    aria-label="Figures"
  >
    <Health />
    <Machine />
    <Frames />
    <Targets />
  </section>
);

const Health = () => {
  const troubles = useTroubles();
  if (troubles.length === 0) return <p className="stats-well">All is well.</p>;
  return (
    <section aria-label="What is the matter">
      {troubles.map((trouble) => (
        <details key={trouble.id} className="stats-trouble" data-tone={trouble.tone}>
          <summary>{trouble.words}</summary>
          <div className="stats-remedy">
            <p>{trouble.remedy}</p>
            <TroubleMend trouble={trouble} />
          </div>
        </details>
      ))}
    </section>
  );
};

const Figure = ({ name, value, children }: { name: string; value: string; children?: ReactNode }) => (
  <div className="stats-figure">
    <dt>{name}</dt>
    <dd>{value}</dd>
    {children && <dd className="stats-curve">{children}</dd>}
  </div>
);

const Machine = () => {
  const engine = useTopic("engine");
  const fps = useTopic("document")?.canvas.fps ?? 30;
  const trend = useStore(useStudio().trends.store);
  if (!engine) return null;
  const budgetMs = 1000 / fps;
  return (
    <dl className="stats-group" aria-label="This machine">
      <Figure name="Processor" value={`${Math.round(engine.cpuPercent)}% of a core`}>
        <Sparkline values={trend.cpuPercent} top={100} />
      </Figure>
      <Figure name="Composing" value={`${engine.renderMs.toFixed(1)} of ${budgetMs.toFixed(0)} ms`}>
        <Sparkline values={trend.renderMs} top={budgetMs} />
      </Figure>
      <Figure name="Pictures" value={`${engine.fps.toFixed(0)} fps`} />
      <Figure name="Memory" value={byteWords(engine.memoryBytes)} />
      <Figure
        name="Free on the disk"
        value={engine.diskFreeBytes === null ? "unknown" : byteWords(engine.diskFreeBytes)}
      />
    </dl>
  );
};

/** Since the broadcast began. */
const Frames = () => {
  const report = useTopic("report");
  if (!report) return null;
  const { render, encode, network } = report.dropped;
  return (
    <section aria-label="Dropped frames">
      <h3 className="stats-title">
        Dropped{report.over ? " in the last broadcast" : " since you went live"}
      </h3>
      <dl className="stats-group">
        <Figure name="By composing" value={String(render)} />
        <Figure name="By encoding" value={String(encode)} />
        <Figure name="By the network" value={String(network)} />
        <Figure name="Lost connections" value={String(report.reconnects)} />
      </dl>
    </section>
  );
};

const Targets = () => {
  const targets = (useTopic("targets") ?? []).filter(({ enabled, backfill }) => enabled || backfill !== null);
  if (targets.length === 0) return null;
  return (
    <section aria-label="Targets">
      <h3 className="stats-title">Targets</h3>
      {targets.map((target) => (
        <Target key={target.id} target={target} />
      ))}
    </section>
  );
};

const Target = ({ target }: { target: TargetSnapshot }) => {
  const now = useNow();
  const bitrates = useStore(useStudio().trends.store).bitrateBps[target.id] ?? [];
  const { name, figures, backfill } = target;
  return (
    <div className="stats-target">
      <p className="stats-target-name" title={name}>
        {name}
      </p>
      <p className="stats-state">{targetWords(target, now)}</p>
      {figures !== null && (
        <dl className="stats-group">
          <Figure name="Sent" value={formatBitrate(figures.bitrateBps)}>
            <Sparkline values={bitrates} top={100_000} />
          </Figure>
          <Figure name="Waiting to be sent" value={`${Math.round(figures.queuedMs)} ms`} />
          <Figure name="Dropped by the network" value={String(figures.droppedNetwork)} />
        </dl>
      )}
      {backfill !== null && <p className="field-hint">{backfillWords(backfill)}</p>}
    </div>
  );
};
