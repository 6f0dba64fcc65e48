import { type RefObject, useEffect, useState } from "react";
import type { Player } from "./player.ts";
import type { Timeline } from "./timeline.ts";

const EVERY_MS = 250;
const SUDDEN = ["seeking", "pause", "play"] as const;

/** Where the viewer is, four times a second and at once after a seek or a pause. */
export const useTimeline = (player: Player, screen: RefObject<HTMLElement | null>): Timeline | null => {
  const [timeline, setTimeline] = useState<Timeline | null>(null);
  useEffect(() => {
    const place = screen.current;
    const read = () => setTimeline(player.timeline());
    read();
    const timer = setInterval(read, EVERY_MS);
    // Events of media do not bubble; on their way down they can be heard.
    for (const name of SUDDEN) place?.addEventListener(name, read, true);
    return () => {
      clearInterval(timer);
      for (const name of SUDDEN) place?.removeEventListener(name, read, true);
    };
  }, [player, screen]);
  return timeline;
};
