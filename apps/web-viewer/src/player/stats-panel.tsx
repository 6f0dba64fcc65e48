import { IconButton } from "@footlight/ui/button.tsx";
import { formatBitrate, formatSeconds } from "@footlight/ui/format.ts";
import { X } from "lucide-react";
import type { PlayerFigures } from "./player-state.ts";

const orDash = <T,>(value: T | null, words: (value: T) => string): string =>
  value === null ? "–" : words(value);

type Link = NonNullable<PlayerFigures["link"]>;
type Row = readonly [name: string, value: string, id: string];

const TIERS = { standard: "Standard", low: "Low", ultra: "Ultra" } as const;

const ms = (value: number) => `${Math.round(value)} ms`;

const secondsOrMs = (seconds: number) => (seconds < 1 ? ms(seconds * 1_000) : formatSeconds(seconds));

const layerWords = ({ lines, fps, codec }: NonNullable<Link["layer"]>): string =>
  [`${lines}p`, fps !== null && `${Math.round(fps)} fps`, codec].filter(Boolean).join(" · ");

const linkRows = ({ layer, rttMs, loss, jitterBufferMs }: Link): Row[] => [
  ["Layer", orDash(layer, layerWords), "layer"],
  ["Round trip", orDash(rttMs, ms), "rtt"],
  ["Loss", orDash(loss, (share) => `${(share * 100).toFixed(1)} %`), "loss"],
  ["Jitter buffer", orDash(jitterBufferMs, ms), "jitter"],
];

/** What HLS has that a live connection has not. */
const bufferRows = ({ throughputBps, targetS, bufferS, rate }: PlayerFigures): Row[] => [
  ["Network", orDash(throughputBps, formatBitrate), "throughput"],
  ["Aim", orDash(targetS, formatSeconds), "target"],
  ["Buffer", formatSeconds(bufferS), "buffer"],
  ["Speed", `${rate.toFixed(2)}×`, "rate"],
];

/** The player's figures for those who want to know. */
export const StatsPanel = ({ figures, onClose }: { figures: PlayerFigures; onClose: () => void }) => {
  const rows: Row[] = [
    ["Quality", `${figures.quality} · ${figures.resolution}`, "quality"],
    ["Bitrate", orDash(figures.bitrateBps, formatBitrate), "bitrate"],
    ["Tier", TIERS[figures.tier], "tier"],
    [`Delay from ${figures.clock}`, orDash(figures.latencyS, secondsOrMs), "latency"],
    ...(figures.link ? linkRows(figures.link) : bufferRows(figures)),
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
