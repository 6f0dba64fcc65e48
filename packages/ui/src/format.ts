/** Numbers and times as people read them. Pure; the locale is the page's English. */

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** 1284 → `1.3K` */
export const formatCount = (count: number): string => compact.format(Math.max(0, count));

export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

const two = (value: number) => String(value).padStart(2, "0");

/** Since `startedAt` (ISO), as `51:07` or `3:23:00`; empty when it has not begun. */
export const formatUptime = (startedAt: string | null, nowMs: number): string => {
  const startMs = startedAt === null ? Number.NaN : Date.parse(startedAt);
  if (Number.isNaN(startMs)) return "";
  const seconds = Math.max(0, Math.floor((nowMs - startMs) / 1000));
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
};

/** The same for a screen reader: `51 minutes`, `3 hours 23 minutes`. */
export const spokenUptime = (startedAt: string | null, nowMs: number): string => {
  const startMs = startedAt === null ? Number.NaN : Date.parse(startedAt);
  if (Number.isNaN(startMs)) return "";
  const minutes = Math.max(0, Math.floor((nowMs - startMs) / 60_000));
  const hours = Math.floor(minutes / 60);
  const parts = [hours > 0 && countOf(hours, "hour"), countOf(minutes % 60, "minute")];
  return parts.filter(Boolean).join(" ");
};

/** Bits a second: `6.1 Mbps`, `690 kbps`. */
export const formatBitrate = (bps: number): string => {
  if (bps >= 10_000_000) return `${Math.round(bps / 1_000_000)} Mbps`;
  if (bps >= 1_000_000) return `${(bps / 1_000_000).toFixed(1)} Mbps`;
  return `${Math.round(Math.max(0, bps) / 1000)} kbps`;
};

export const formatSeconds = (seconds: number): string => `${seconds.toFixed(seconds < 10 ? 2 : 0)} s`;

/** Milliseconds: 74 → `74 ms`, 1006 → `1.01 s` */
export const formatDelay = (ms: number | null): string => {
  if (ms === null) return "–";
  return ms < 1_000 ? `${Math.round(ms)} ms` : formatSeconds(ms / 1_000);
};

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** An ISO time as `2 minutes ago`. */
export const formatAgo = (iso: string, nowMs: number): string => {
  const seconds = Math.round((Date.parse(iso) - nowMs) / 1000);
  const units = [
    ["second", 60],
    ["minute", 60],
    ["hour", 24],
    ["day", 30],
    ["month", 12],
  ] as const;
  let value = seconds;
  for (const [unit, size] of units) {
    if (Math.abs(value) < size) return relative.format(Math.round(value), unit);
    value /= size;
  }
  return relative.format(Math.round(value), "year");
};
