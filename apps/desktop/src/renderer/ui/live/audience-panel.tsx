import { IconButton } from "@footlight/ui/button.tsx";
import { countOf, formatDelay } from "@footlight/ui/format.ts";
import { ExternalLink, Pencil } from "lucide-react";
import type { TopicSnapshot } from "../../../contract/studio-topics.ts";
import { stageWords, tierWords } from "../../state/live-words.ts";
import { PanelTools } from "../panels/panel-tools.tsx";
import { useStudio, useTopic } from "../use-studio.ts";
import "./audience-panel.css";

type Audience = NonNullable<TopicSnapshot<"audience">>;

/** On air on a Footlight server: what it is called, who watches, and how late. */
export const AudiencePanel = () => {
  const audience = useTopic("audience");
  const watchUrl = useTopic("broadcast")?.watchUrl ?? null;
  return (
    <>
      <PanelTools>
        {audience && <span className="audience-count">{countOf(audience.viewers, "viewer")}</span>}
      </PanelTools>
      <div className="panel-body audience">
        {watchUrl !== null && <OnAirAs />}
        {audience ? (
          <Tiers audience={audience} />
        ) : (
          <p className="field-hint">
            On air on your Footlight server, this shows who watches and how late they see you.
          </p>
        )}
      </div>
    </>
  );
};

const OnAirAs = () => {
  const studio = useStudio();
  const title = useTopic("settings")?.stream.title ?? "";
  return (
    <div className="audience-title">
      <span className="audience-name" title={title}>
        {title}
      </span>
      <IconButton
        label="Change title, category and tags"
        icon={Pencil}
        size="sm"
        onClick={() => studio.sheet.set("words")}
      />
      <IconButton
        label="Open the watch page"
        icon={ExternalLink}
        size="sm"
        onClick={() => void studio.ask("open.watch-page", undefined)}
      />
    </div>
  );
};

const Tiers = ({ audience }: { audience: Audience }) => {
  if (audience.tiers.length === 0) return <p className="field-hint">Nobody is watching right now.</p>;
  const from = audience.sinceCapture ? "From your camera to their eyes." : "From the server to their eyes.";
  return (
    <>
      {audience.tiers.map((one) => (
        <Tier key={one.tier} {...one} />
      ))}
      <p className="field-hint">{from}</p>
    </>
  );
};

const Tier = ({ tier, viewers, latencyMs, stages }: Audience["tiers"][number]) => {
  const way = stageWords(stages);
  return (
    <details className="audience-tier">
      <summary>
        <span>
          {tierWords(tier)}, {viewers}
        </span>
        <span className="audience-delay">
          {latencyMs ? formatDelay(latencyMs.median) : "not measured yet"}
        </span>
      </summary>
      <dl className="audience-stages">
        {latencyMs && (
          <div>
            <dt>95% see it within</dt>
            <dd>{formatDelay(latencyMs.p95)}</dd>
          </div>
        )}
        {way.map(({ name, ms }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatDelay(ms)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
};
