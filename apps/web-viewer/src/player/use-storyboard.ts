import { useEffect, useState } from "react";
import { readStoryboard, type Tile } from "./storyboard-tiles.ts";

/** There is a new picture about every ten seconds. */
const RENEW_MS = 10_000;
const NONE: readonly Tile[] = [];

/** The pictures along the stream of a master playlist, asked for only while somebody looks at them. */
export const useStoryboard = (masterUrl: string | undefined, wanted: boolean): readonly Tile[] => {
  const [known, setKnown] = useState<{ url: string; tiles: readonly Tile[] } | null>(null);
  useEffect(() => {
    if (masterUrl === undefined || !wanted) return;
    const url = new URL("storyboard.vtt", new URL(masterUrl, location.href)).href;
    const scope = new AbortController();
    const read = async () => {
      const answer = await fetch(url, { signal: scope.signal });
      if (answer.ok) setKnown({ url: masterUrl, tiles: readStoryboard(await answer.text(), url) });
    };
    // Without pictures the bar still says the time.
    const tryIt = () => void read().catch(() => undefined);
    tryIt();
    const timer = setInterval(tryIt, RENEW_MS);
    return () => {
      clearInterval(timer);
      scope.abort();
    };
  }, [masterUrl, wanted]);
  return known !== null && known.url === masterUrl ? known.tiles : NONE;
};
