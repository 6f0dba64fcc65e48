import { Store } from "@footlight/ui/store.ts";
import { useStore } from "@footlight/ui/use-store.ts";
import { type RefObject, useEffect, useState } from "react";
import { chooseEngine, hasWebRtc } from "./choose-engine.ts";
import { browserMemory } from "./memory.ts";
import { Player } from "./player.ts";
import type { PlayerSource } from "./player-source.ts";
import { NOTHING, type PlayerSnapshot } from "./player-state.ts";
import { PageScreen } from "./screen.ts";
import { watchUltra } from "./ultra-link.ts";

const NONE = new Store(NOTHING);

/** A player on the given part of the page for as long as the component lives; `source` null plays nothing. */
export const usePlayer = (
  screen: RefObject<HTMLElement | null>,
  source: PlayerSource | null,
  startMuted = false,
): [Player | null, PlayerSnapshot] => {
  const [player, setPlayer] = useState<Player | null>(null);

  useEffect(() => {
    const place = screen.current;
    if (!place) return;
    const onPage = new PageScreen(place, () => place.dataset["label"] ?? "");
    const made = new Player(onPage, chooseEngine, browserMemory(), { startMuted, watchUltra });
    setPlayer(made);
    return () => made.close();
  }, [screen, startMuted]);

  const url = source?.url;
  const standardUrl = source?.standardUrl;
  const whepUrl = hasWebRtc() ? source?.whepUrl : undefined;
  const streamId = source?.streamId;
  const rungs = source?.rungs.join();
  const waiting = source?.waiting === true;
  const startedAtMs = source?.startedAtMs;
  useEffect(() => {
    if (!player) return;
    if (url === undefined) player.unload();
    else {
      const rungsNow = (rungs ?? "").split(",");
      player.load({ url, standardUrl, whepUrl, streamId, rungs: rungsNow, waiting, startedAtMs });
    }
  }, [player, url, standardUrl, whepUrl, streamId, rungs, waiting, startedAtMs]);

  return [player, useStore(player?.snapshot ?? NONE)];
};
