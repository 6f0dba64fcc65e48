import { type RefObject, useEffect, useState } from "react";
import type { Player } from "./player.ts";
import type { Timeline } from "./timeline.ts";

const EVERY_MS = 250;
const SUDDEN = ["seeking", "pause", "play"] as const;

/** Where the viewer is, four times a second and at once after a seek or a pause. */
export const useTimeline = (
  player: Player,
  videoRef: RefObject<HTMLVideoElement | null>,
): Timeline | null => {
  const [timeline, setTimeline] = useState<Timeline | null>(null);
  useEffect(() => {
    const video = videoRef.current;
    const read = () => setTimeline(player.timeline());
    read();
    const timer = setInterval(read, EVERY_MS);
    for (const name of SUDDEN) video?.addEventListener(name, read);
    return () => {
      clearInterval(timer);
      for (const name of SUDDEN) video?.removeEventListener(name, read);
    };
  }, [player, videoRef]);
  return timeline;
};
