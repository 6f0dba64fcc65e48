/** One entry of the quality menu. `id` is stable while a stream runs. */
export interface Quality {
  id: string;
  label: string;
  height: number;
  fps: number;
  bitrateBps: number;
  source: boolean;
}

export interface RungFacts {
  name: string;
  width: number;
  height: number;
  fps: number;
  bitrateBps: number;
}

/** `1080p60 source`, `720p`, `360p`; the short side names a portrait picture too. */
export const labelOf = (rung: RungFacts): string => {
  const lines = Math.min(rung.height, rung.width || rung.height);
  const fps = Math.round(rung.fps) > 30 ? String(Math.round(rung.fps)) : "";
  const size = lines > 0 ? `${lines}p${fps}` : rung.name;
  return rung.name === "source" ? `${size} source` : size;
};

export const qualityOf = (rung: RungFacts): Quality => ({
  id: rung.name,
  label: labelOf(rung),
  height: rung.height,
  fps: rung.fps,
  bitrateBps: rung.bitrateBps,
  source: rung.name === "source",
});

/** A rung is taken when it needs at most this share of what the network gives. */
export const SAFE_SHARE = 0.8;

/** What a network of which nothing is known is trusted with, bits a second. */
export const UNKNOWN_NETWORK_BPS = 4_000_000;

/**
 * First rung (index, bitrates ascending): the best that fits 80 % of the last known throughput, or the
 * middle one for a viewer of whom nothing is known.
 */
export const firstRung = (bitratesBps: readonly number[], throughputBps: number | null): number => {
  if (bitratesBps.length === 0) return -1;
  const share = SAFE_SHARE * (throughputBps ?? UNKNOWN_NETWORK_BPS);
  const best = Math.max(0, bitratesBps.filter((bitrate) => bitrate <= share).length - 1);
  return throughputBps === null ? Math.min(best, Math.round((bitratesBps.length - 1) / 2)) : best;
};

/** The same rungs in the same sizes: nothing of the player needs to be loaded anew. */
export const sameRungs = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && [...a].sort().join() === [...b].sort().join();
