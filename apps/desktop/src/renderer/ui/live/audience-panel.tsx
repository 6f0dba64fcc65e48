import { countOf } from "@footlight/ui/format.ts";
import { adviceWords, tierWords } from "../../state/words.ts";
import { PanelTools } from "../panels/panel-tools.tsx";
import { useTopic } from "../use-studio.ts";
import "./audience-panel.css";

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 950 ? 2 : 1)} s`;

/** On air on a Footlight server: who watches and how late, and what the server would have better. */
export const AudiencePanel = () => {
  const audience = useTopic("audience");
  const keyframeIntervalMs = useTopic("settings")?.video.keyframeIntervalMs ?? 2000;
  if (!audience)
    return (
      <p className="panel-body field-hint">Who watches is told while you are on air on a Footlight server.</p>
    );
  return (
    <>
      <PanelTools>
        <span className="audience-count">{countOf(audience.viewers, "viewer")}</span>
      </PanelTools>
      <div className="panel-body audience">
        {audience.tiers.map(({ tier, viewers, latencyMs }) => (
          <p key={tier} className="audience-tier">
            <span>
              {tierWords(tier)}, {viewers}
            </span>
            <span
              className="range-value"
              title={
                audience.sinceCapture ? "From your camera to their eyes" : "From the server to their eyes"
              }
            >
              {latencyMs
                ? `${seconds(latencyMs.median)}, at most ${seconds(latencyMs.p95)} for 95%`
                : "not measured yet"}
            </span>
          </p>
        ))}
        {audience.advice.map((advice) => (
          <p key={advice} className="status-warn" role="status">
            {adviceWords(advice, keyframeIntervalMs)}
          </p>
        ))}
      </div>
    </>
  );
};
