import { type RefObject, useEffect, useState } from "react";
import { Store, useStore } from "../ui/store.ts";
import { chooseEngine } from "./choose-engine.ts";
import { browserMemory } from "./memory.ts";
import { Player } from "./player.ts";
import type { PlayerSnapshot, PlayerSource } from "./player-state.ts";

const NONE = new Store<PlayerSnapshot>({
  state: { kind: "idle" },
  qualities: [],
  selected: "auto",
  current: null,
  volume: 1,
  muted: false,
  mutedByBrowser: false,
  hasFrame: false,
  lean: false,
  dataSaver: false,
});

/** A player on the given element for as long as the component lives; `source` null plays nothing. */
export const usePlayer = (
  video: RefObject<HTMLVideoElement | null>,
  source: PlayerSource | null,
  startMuted = false,
): [Player | null, PlayerSnapshot] => {
  const [player, setPlayer] = useState<Player | null>(null);

  useEffect(() => {
    if (!video.current) return;
    const made = new Player(video.current, chooseEngine, browserMemory());
    if (startMuted) video.current.muted = true;
    setPlayer(made);
    return () => made.close();
  }, [video, startMuted]);

  const url = source?.url;
  const standardUrl = source?.standardUrl;
  const rungs = source?.rungs.join();
  const waiting = source?.waiting === true;
  const startedAtMs = source?.startedAtMs;
  useEffect(() => {
    if (!player) return;
    if (url === undefined) player.unload();
    else player.load({ url, standardUrl, rungs: (rungs ?? "").split(","), waiting, startedAtMs });
  }, [player, url, standardUrl, rungs, waiting, startedAtMs]);

  return [player, useStore(player?.snapshot ?? NONE)];
};
