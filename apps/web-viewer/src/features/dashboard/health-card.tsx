import type { StreamHealth } from "@footlight/shared";
import { Badge } from "@footlight/ui/badge.tsx";
import { Card } from "@footlight/ui/card.tsx";
import { formatBitrate, formatSeconds } from "@footlight/ui/format.ts";
import { Notice } from "@footlight/ui/notice.tsx";
import { healthFacts, verdictOf } from "./health.ts";
import { adviceFor } from "./words.ts";

/** What the server sees of the feed, in words first and figures after. */
export const HealthCard = ({ health }: { health: StreamHealth }) => {
  const verdict = verdictOf(health);
  return (
    <Card
      id="health"
      title="Stream health"
      actions={<Badge tone={verdict.good ? "good" : "warn"}>{verdict.words}</Badge>}
    >
      <div className="health" data-testid="health">
        {health.advice.map((code) => {
          const { title, cause, remedy } = adviceFor(code, health);
          return (
            <Notice key={code} tone="warn" title={title}>
              <p>{cause}</p>
              <p>
                <strong>Cure:</strong> {remedy}
              </p>
            </Notice>
          );
        })}
        <dl className="facts facts-wide">
          {healthFacts(health).map(({ name, value, note, good }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {value}
                {note && <span className={good ? "fact-note" : "fact-note fact-bad"}>{note}</span>}
              </dd>
            </div>
          ))}
        </dl>
        <div>
          <h3 className="health-title">Qualities that viewers can choose</h3>
          <ul className="rungs">
            {health.renditions.map((rung) => (
              <li key={rung.name}>
                <strong>{rung.name}</strong>
                <span>{rung.resolution.replace("x", "×")}</span>
                <span>{formatBitrate(rung.bitrateBps)}</span>
              </li>
            ))}
          </ul>
          <p className="health-foot">
            {health.encoder ?? "Unknown encoder"} over {health.protocol.toUpperCase()}
            {health.transcodeSpeed !== null &&
              ` · transcoder at ${health.transcodeSpeed.toFixed(2)}× real time`}
            {health.gopMaxS !== null && ` · longest keyframe distance ${formatSeconds(health.gopMaxS)}`}
          </p>
        </div>
      </div>
    </Card>
  );
};
