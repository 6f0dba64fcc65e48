import { IconButton } from "@footlight/ui/button.tsx";
import { formatBitrate, formatSeconds } from "@footlight/ui/format.ts";
import { X } from "lucide-react";
import type { PlayerFigures } from "./player-state.ts";

const orDash = <T,>(value: T | null, words: (value: T) => string): string =>
  value === null ? "–" : words(value);

type Link = NonNullable<PlayerFigures["link"]>;
type Row = readonly [name: string, value: string, id: string];

const TIERS = { standard: "Standard", low: "Low latency", ultra: "Ultra-low latency" } as const;

const ms = (value: number) => `${Math.round(value)} ms`;

const layerWords = ({ lines, fps, codec }: NonNullable<Link["layer"]>): string =>
  [`${lines}p`, fps !== null && `${Math.round(fps)} fps`, codec].filter(Boolean).join(" · ");

const linkRows = ({ layer, rttMs, loss, jitterBufferMs }: Link): Row[] => [
  ["Layer", orDash(layer, layerWords), "layer"],
  ["Round trip", orDash(rttMs, ms), "rtt"],
  ["Loss", orDash(loss, (share) => `${(share * 100).toFixed(1)} %`), "loss"],
  ["Jitter buffer", orDash(jitterBufferMs, ms), "jitter"],
];

/** The player's figures for those who want to know. */
export const StatsPanel = ({ figures, onClose }: { figures: PlayerFigures; onClose: () => void }) => {
  const rows: Row[] = [
    ["Quality", `${figures.quality} · ${figures.resolution}`, "quality"],
    ["Bitrate", orDash(figures.bitrateBps, formatBitrate), "bitrate"],
    ["Network", orDash(figures.throughputBps, formatBitrate), "throughput"],
    ["Tier", TIERS[figures.tier], "tier"],
    [`Delay from ${figures.clock}`, orDash(figures.latencyS, formatSeconds), "latency"],
    ...(figures.link ? linkRows(figures.link) : []),
    ["Aim", orDash(figures.targetS, formatSeconds), "target"],
    ["Buffer", formatSeconds(figures.bufferS), "buffer"],
    ["Speed", `${figures.rate.toFixed(2)}×`, "rate"],
    ["Dropped frames", `${figures.droppedFrames} of ${figures.totalFrames}`, "dropped"],
    ["Stalls", String(figures.stalls), "stalls"],
    ["First frame", orDash(figures.firstFrameMs, ms), "first-frame"],
    ["Engine", figures.engine, "engine"],
  ];
  return (
    <section className="stats" aria-label="Statistics" data-testid="statistics">
      <IconButton label="Close statistics" icon={X} size="sm" onClick={onClose} className="stats-close" />
      <dl>
        {rows.map(([name, value, id]) => (
          <div key={id}>
            <dt>{name}</dt>
            <dd data-testid={`stat-${id}`}>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
};
