import type { Tier } from "@footlight/shared";

/** What to play. A change of `rungs` (the stream's qualities) loads the master playlist anew. */
export interface PlayerSource {
  url: string;
  /** The same stream in the standard tier, where `url` is of the low one. */
  standardUrl?: string | undefined;
  /** The same stream by WebRTC. */
  whepUrl?: string | undefined;
  /** By which `/realtime` tells of the WebRTC side. */
  streamId?: string | undefined;
  rungs: readonly string[];
  /** The stream's time zero, ms since 1970; unknown, it is the oldest that can be played. */
  startedAtMs?: number | undefined;
  /** The streamer's connection is broken: nothing comes, and that is no fault of the engine. */
  waiting?: boolean;
}

/** The low-latency playlists have names of their own. */
const isLowLatency = (url: string): boolean => /\/ll\.m3u8(\?|$)/.test(url);

/** In which tiers a source can be played, quickest first, and where. */
export const tierUrls = (source: PlayerSource): ReadonlyMap<Tier, string> => {
  const { url, standardUrl, whepUrl } = source;
  const urls = new Map<Tier, string>();
  if (whepUrl) urls.set("ultra", whepUrl);
  if (isLowLatency(url)) urls.set("low", url);
  else urls.set("standard", url);
  if (standardUrl) urls.set("standard", standardUrl);
  return urls;
};
