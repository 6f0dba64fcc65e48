import { type RefObject, useEffect, useState } from "react";
import type { Player } from "./player.ts";
import type { PlayerFigures } from "./player-state.ts";

const EVERY_MS = 500;
const ms = (seconds: number | null) => (seconds === null ? "" : String(Math.round(seconds * 1000)));

/** The player's numbers twice a second; also written on the outer element for tests and benchmarks. */
export const useFigures = (
  player: Player | null,
  root: RefObject<HTMLElement | null>,
): PlayerFigures | null => {
  const [figures, setFigures] = useState<PlayerFigures | null>(null);
  useEffect(() => {
    if (!player) return;
    const read = () => {
      const next = player.figures();
      setFigures(next);
      if (!root.current) return;
      const { dataset } = root.current;
      dataset["latencyMs"] = ms(next.latencyS);
      dataset["tier"] = next.tier;
      dataset["bufferMs"] = ms(next.bufferS);
      dataset["stalls"] = String(next.stalls);
      dataset["droppedFrames"] = String(next.droppedFrames);
      dataset["firstFrameMs"] = next.firstFrameMs === null ? "" : String(Math.round(next.firstFrameMs));
    };
    read();
    const timer = setInterval(read, EVERY_MS);
    return () => clearInterval(timer);
  }, [player, root]);
  return figures;
};
