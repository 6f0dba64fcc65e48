import { writeMultivariantPlaylist } from "../protocols/m3u8/multivariant-playlist.ts";
import type { RenditionView } from "./rendition-view.ts";
import type { RunInfo, TrackInfo } from "./runs.ts";

export interface Quality {
  readonly name: string;
  readonly kind: "video" | "audio";
  readonly bitrateBps: number;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

interface Rated {
  readonly track: TrackInfo;
  readonly peakBps: number;
  readonly averageBps: number;
}

/** The run's configured renditions that still get media, best first. */
function rate(
  run: RunInfo,
  views: ReadonlyMap<string, RenditionView>,
  alive: (name: string) => boolean,
): Rated[] {
  return [...run.tracks.values()].flatMap((track) => {
    const view = views.get(track.name);
    if (view === undefined || track.codecString === "" || !alive(track.name)) return [];
    const measured = view.averageBps();
    // A still picture now may be a waterfall in a minute, and a player reads this only once: an
    // encoder's target counts as a peak that has been seen (RFC 8216bis §4.4.6.2, BANDWIDTH).
    const peakBps = Math.max(view.peakBps, track.bitrateBps);
    return [{ track, peakBps, averageBps: measured === 0 ? track.bitrateBps : measured }];
  });
}

export function writeMaster(
  run: RunInfo,
  views: ReadonlyMap<string, RenditionView>,
  alive: (name: string) => boolean,
): string {
  const rated = rate(run, views, alive);
  const audio = rated.find(({ track }) => track.kind === "audio");
  return writeMultivariantPlaylist({
    videos: rated
      .filter(({ track }) => track.kind === "video")
      .map(({ track, peakBps, averageBps }) => ({
        uri: `${track.name}/index.m3u8`,
        codec: track.codecString,
        width: track.width,
        height: track.height,
        frameRate: track.fps,
        peakBps,
        averageBps,
      })),
    audio:
      audio === undefined
        ? undefined
        : {
            uri: `${audio.track.name}/index.m3u8`,
            codec: audio.track.codecString,
            channels: audio.track.channels,
            peakBps: audio.peakBps,
            averageBps: audio.averageBps,
          },
  });
}

/** For the API: what can be watched now. */
export function listQualities(
  run: RunInfo,
  views: ReadonlyMap<string, RenditionView>,
  alive: (name: string) => boolean,
): Quality[] {
  return rate(run, views, alive).map(({ track, averageBps }) => ({
    name: track.name,
    kind: track.kind,
    bitrateBps: track.bitrateBps > 0 ? track.bitrateBps : Math.round(averageBps),
    width: track.width,
    height: track.height,
    fps: track.fps,
  }));
}
