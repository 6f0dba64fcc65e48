import type { TrackInfo } from "./runs.ts";

/** What a duration may be off by through rounding, in frames. */
const ROUNDING_SHARE = 0.01;

/**
 * PART-TARGET of a stream, ticks: the configured time rounded up to whole frames of its slowest picture, so
 * that each part but a segment's last is as long as it says (RFC 8216bis §4.4.4.9 wants at least 85 %: at
 * 23.976 or 29.97 fps no whole number of frames lies within 0.170 to 0.200 s). The rates of a ladder
 * divide each other, so that these are whole frames of every rendition.
 */
export function partTarget90k(partTargetMs: number, tracks: Iterable<TrackInfo>): number {
  const wanted90k = partTargetMs * 90;
  const frame90k = slowestFrame90k(tracks);
  return frame90k === undefined
    ? wanted90k
    : Math.max(1, Math.ceil(wanted90k / frame90k - ROUNDING_SHARE)) * frame90k;
}

/** How long a run's parts are made: the most whole frames within the stream's PART-TARGET, if it has one. */
export function cutLength90k(target90k: number | undefined, tracks: Iterable<TrackInfo>): number | undefined {
  if (target90k === undefined) return undefined;
  const frame90k = slowestFrame90k(tracks);
  return frame90k === undefined
    ? target90k
    : Math.max(1, Math.floor(target90k / frame90k + ROUNDING_SHARE)) * frame90k;
}

function slowestFrame90k(tracks: Iterable<TrackInfo>): number | undefined {
  const rates = [...tracks].flatMap(({ kind, fps }) => (kind === "video" && fps > 0 ? [fps] : []));
  return rates.length === 0 ? undefined : 90_000 / Math.min(...rates);
}
