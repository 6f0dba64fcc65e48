import type { Audience } from "@footlight/shared";
import { Card } from "@footlight/ui/card.tsx";
import { countOf, formatCount, formatDelay } from "@footlight/ui/format.ts";
import {
  clockNote,
  formatShare,
  STAGE_NAMES,
  stagesOf,
  TIER_NAMES,
  type TierBar,
  tierBars,
} from "./audience.ts";
import "./audience.css";

/** Who watches, how far behind, and where the delay comes from. */
export const AudienceCard = ({ audience }: { audience: Audience }) => (
  <Card id="audience" title="Audience">
    <div className="audience" data-testid="audience">
      {audience.viewers === 0 ? (
        <p className="audience-none">
          Nobody is watching right now. A few seconds after the first viewer has come, this shows how far
          behind the picture is and where the time goes.
        </p>
      ) : (
        <Watched audience={audience} />
      )}
    </div>
  </Card>
);

const Watched = ({ audience }: { audience: Audience }) => (
  <>
    <dl className="facts">
      <Fact name="Playing now" value={formatCount(audience.viewers)} id="audience-viewers" />
      <Fact
        name="Picture stood"
        value={formatShare(audience.stallRatio)}
        note="of the time"
        id="stall-ratio"
      />
      <Fact
        name="Frames dropped"
        value={formatShare(audience.droppedRatio)}
        note="of all frames"
        id="dropped-ratio"
      />
    </dl>
    <div className="delays">
      <h3 className="health-title">Delay by tier</h3>
      {tierBars(audience).map((bar) => (
        <Delay key={bar.tier} bar={bar} />
      ))}
      <Stages audience={audience} />
    </div>
    <p className="health-foot">
      {clockNote(audience.clock)}
      {audience.qualities.length > 0 &&
        ` On screens: ${audience.qualities.map(({ name, viewers }) => `${name}\u00a0${formatCount(viewers)}`).join(" · ")}.`}
    </p>
  </>
);

const Fact = ({ name, value, note, id }: { name: string; value: string; note?: string; id: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      <span data-testid={id}>{value}</span>
      {note && value.endsWith("%") && <span className="fact-note">{note}</span>}
    </dd>
  </div>
);

const Delay = ({ bar }: { bar: TierBar }) => (
  <div className="delay" data-testid={`delay-${bar.tier}`}>
    <p className="delay-head">
      <span>
        <strong>{bar.name}</strong> <span className="soft">{countOf(bar.viewers, "viewer")}</span>
      </span>
      <span className="delay-figures">
        <span>
          <strong data-testid="delay-median">{bar.median}</strong> <span className="soft">median</span>
        </span>
        <span className="delay-p95-figure">
          <strong data-testid="delay-p95">{bar.p95}</strong> <span className="soft">95th percentile</span>
        </span>
      </span>
    </p>
    {/* The table below says the same in figures. */}
    <div className="delay-bar" aria-hidden>
      {bar.pieces.map(({ stage, share }) => (
        <span
          key={stage}
          className={`delay-piece stage-${stage}`}
          style={{ width: `${share * 100}%` }}
          title={STAGE_NAMES[stage].name}
        />
      ))}
      {bar.p95Share !== null && <span className="delay-p95" style={{ left: `${bar.p95Share * 100}%` }} />}
    </div>
  </div>
);

/** Legend of the bars, and what they say in figures. */
const Stages = ({ audience }: { audience: Audience }) => (
  <table className="stages">
    <caption className="sr-only">Where the delay comes from, stage by stage</caption>
    <thead>
      <tr>
        <th scope="col">Stage</th>
        {audience.tiers.map(({ tier }) => (
          <th key={tier} scope="col">
            {TIER_NAMES[tier]}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {stagesOf(audience).map((stage) => (
        <tr key={stage} data-testid={`stage-${stage}`}>
          <th scope="row">
            <span className={`stage-mark stage-${stage}`} aria-hidden />
            {STAGE_NAMES[stage].name} <span className="stage-note">{STAGE_NAMES[stage].note}</span>
          </th>
          {audience.tiers.map(({ tier, stages }) => (
            <td key={tier}>{formatDelay(stages[stage] ?? null)}</td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);
