import type { Deck } from "./deck.ts";
import type { PlayerFigures } from "./player-state.ts";

/** Seconds that are there to be played after the playhead. */
export const bufferAhead = (video: Pick<HTMLVideoElement, "buffered" | "currentTime">): number => {
  const { buffered, currentTime } = video;
  for (let index = 0; index < buffered.length; index++) {
    if (buffered.start(index) <= currentTime + 0.05 && buffered.end(index) > currentTime) {
      return buffered.end(index) - currentTime;
    }
  }
  return 0;
};

interface Counted {
  label: string;
  stalls: number;
  firstFrameMs: number | null;
}

/** The statistics panel's numbers, of this moment. */
export const figuresOf = (deck: Deck | null, counted: Counted): PlayerFigures => {
  const { video, engine } = deck ?? { video: null, engine: null };
  const frames = video?.getVideoPlaybackQuality();
  const none = {
    latencyS: null,
    targetS: null,
    bitrateBps: null,
    throughputBps: null,
    clock: "arrival" as const,
  };
  return {
    engine: engine?.name ?? "–",
    tier: deck?.plan.tier ?? "standard",
    quality: deck?.plan.tier === "ultra" && video ? `${video.videoHeight}p` : counted.label,
    resolution: video && video.videoWidth > 0 ? `${video.videoWidth}×${video.videoHeight}` : "–",
    ...(engine?.figures() ?? none),
    bufferS: video ? bufferAhead(video) : 0,
    rate: video?.playbackRate ?? 1,
    droppedFrames: frames?.droppedVideoFrames ?? 0,
    totalFrames: frames?.totalVideoFrames ?? 0,
    stalls: counted.stalls,
    firstFrameMs: counted.firstFrameMs,
  };
};
