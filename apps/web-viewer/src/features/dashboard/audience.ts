import type { Audience, DelayStages, Tier } from "@footlight/shared";
import { formatDelay } from "@footlight/ui/format.ts";

/** In the order in which a frame goes through them. */
export const STAGES = ["ingest", "held", "transcode", "packaging", "delivery", "buffer"] as const;
export type Stage = (typeof STAGES)[number] & keyof DelayStages;

export const TIER_NAMES: Record<Tier, string> = {
  standard: "Standard",
  low: "Low",
  ultra: "Ultra",
};

export const STAGE_NAMES: Record<Stage, { name: string; note: string }> = {
  ingest: { name: "Ingest", note: "from the camera to the server" },
  held: { name: "Broadcast delay", note: "held back as you wished" },
  transcode: { name: "Transcode", note: "encoding each quality" },
  packaging: { name: "Packaging", note: "until its part or segment is whole" },
  delivery: { name: "Delivery", note: "on its way to the viewer" },
  buffer: { name: "Buffer", note: "in the player, before it is shown" },
};

/** A share that is nought, or so small that it would be written so, is said in words. */
export const formatShare = (share: number | null): string => {
  if (share === null) return "–";
  if (share === 0) return "none";
  const percent = share * 100;
  if (percent < 0.01) return "under 0.01%";
  return `${percent < 10 ? Number(percent.toPrecision(2)) : Math.round(percent)}%`;
};

export interface TierBar {
  tier: Tier;
  name: string;
  viewers: number;
  median: string;
  p95: string;
  /** Lengths are shares of the whole width, which is the same delay for all bars. */
  pieces: { stage: Stage; share: number }[];
  /** Where the 95th percentile stands on it. */
  p95Share: number | null;
}

/** Nobody without a delay wants to read of one. */
export const stagesOf = ({ tiers }: Audience): readonly Stage[] =>
  STAGES.filter((stage) => stage !== "held" || tiers.some(({ stages }) => stages.held !== undefined));

const lengthOf = (stages: DelayStages): number =>
  STAGES.reduce((sum, stage) => sum + (stages[stage] ?? 0), 0);

/** A few viewers far behind must not press the bars together: past this their mark stands at the end. */
const MOST_STRETCH = 2.5;

/** One bar a tier, all to the same scale. */
export const tierBars = (audience: Audience): TierBar[] => {
  const typical = Math.max(
    1,
    ...audience.tiers.map(({ stages, latencyMs }) => Math.max(lengthOf(stages), latencyMs?.median ?? 0)),
  );
  const slow = Math.max(0, ...audience.tiers.map(({ latencyMs }) => latencyMs?.p95 ?? 0));
  const widest = Math.max(typical, Math.min(slow, typical * MOST_STRETCH));
  return audience.tiers.map(({ tier, viewers, latencyMs, stages }) => ({
    tier,
    name: TIER_NAMES[tier],
    viewers,
    median: formatDelay(latencyMs?.median ?? null),
    p95: formatDelay(latencyMs?.p95 ?? null),
    pieces: STAGES.flatMap((stage) => {
      const ms = stages[stage] ?? 0;
      return ms === 0 ? [] : [{ stage, share: ms / widest }];
    }),
    p95Share: latencyMs === null ? null : Math.min(1, latencyMs.p95 / widest),
  }));
};

/** What the delays count from, in a sentence. */
export const clockNote = (clock: Audience["clock"]): string =>
  clock === "capture"
    ? "Delays count from the moment of capture, by your encoder's clock."
    : "Delays count from arrival at the server: your encoder does not send its clock.";
