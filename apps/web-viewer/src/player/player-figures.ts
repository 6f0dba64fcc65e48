import type { Tier } from "@footlight/shared";
import type { Engine } from "./engine.ts";
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

/** The low-latency playlists have names of their own. */
export const tierOf = (url: string | undefined): Tier =>
  /\/ll\.m3u8(\?|$)/.test(url ?? "") ? "low" : "standard";

interface Counted {
  url: string | undefined;
  label: string;
  stalls: number;
  firstFrameMs: number | null;
}

/** The statistics panel's numbers, of this moment. */
export const figuresOf = (
  video: HTMLVideoElement,
  engine: Engine | null,
  counted: Counted,
): PlayerFigures => {
  const frames = video.getVideoPlaybackQuality();
  const none = {
    latencyS: null,
    targetS: null,
    bitrateBps: null,
    throughputBps: null,
    clock: "arrival" as const,
  };
  return {
    engine: engine?.name ?? "–",
    tier: tierOf(counted.url),
    quality: counted.label,
    resolution: video.videoWidth > 0 ? `${video.videoWidth}×${video.videoHeight}` : "–",
    ...(engine?.figures() ?? none),
    bufferS: bufferAhead(video),
    rate: video.playbackRate,
    droppedFrames: frames.droppedVideoFrames,
    totalFrames: frames.totalVideoFrames,
    stalls: counted.stalls,
    firstFrameMs: counted.firstFrameMs,
  };
};
