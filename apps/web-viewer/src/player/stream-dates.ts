/** A stretch of media time that has a date; hls.js's fragments are such. Oldest first. */
export interface DatedStretch {
  /** Media time, seconds. */
  readonly start: number;
  readonly duration: number;
  readonly programDateTime: number | null;
}

/**
 * Media time ↔ the stream's own dates (EXT-X-PROGRAM-DATE-TIME, ms since 1970). The two drift apart
 * where the streamer's connection was lost: media time goes on, the dates jump.
 */
export const dateAt = (stretches: readonly DatedStretch[], mediaS: number): number | null => {
  const stretch = stretches[lastIndex(stretches, ({ start }) => start <= mediaS)];
  if (!stretch || stretch.programDateTime === null) return null;
  return stretch.programDateTime + (mediaS - stretch.start) * 1000;
};

/** Null without dates. A date at which nothing was streamed becomes the next place at which something was. */
export const placeAt = (stretches: readonly DatedStretch[], dateMs: number): number | null => {
  const index = lastIndex(stretches, ({ programDateTime }) => (programDateTime ?? Infinity) <= dateMs);
  const stretch = stretches[index];
  if (!stretch || stretch.programDateTime === null) return null;
  const within = (dateMs - stretch.programDateTime) / 1000;
  return stretch.start + (index === stretches.length - 1 ? within : Math.min(within, stretch.duration));
};

/** Index of the last for which it holds, where it holds for the first ones only; else the first. */
const lastIndex = (stretches: readonly DatedStretch[], holds: (stretch: DatedStretch) => boolean): number => {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const stretch = stretches[middle];
    if (stretch && holds(stretch)) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
};
