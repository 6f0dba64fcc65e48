import {
  AUDIO_TRACK,
  matroskaFrameHeader,
  matroskaHeader,
  VIDEO_TRACK,
} from "@footlight/protocols/matroska/live-muxer.ts";
import type { TrackSet, Unit } from "../stream/unit.ts";
import { LEAD_US } from "./ffmpeg-args.ts";

export interface FeedTarget {
  readonly isBlocked: boolean;
  write(...parts: readonly Uint8Array[]): void;
}

/** The hub's units as ffmpeg reads them. Bounded: while ffmpeg takes nothing, video is dropped to the next keyframe. */
export class InputFeed {
  #skipping = false;
  droppedUnits = 0;

  constructor(
    private readonly target: FeedTarget,
    tracks: TrackSet,
    private readonly start90k: number,
  ) {
    const { video, audio } = tracks;
    target.write(matroskaHeader({ video, audio }));
  }

  push(unit: Unit): void {
    if (this.target.isBlocked) this.#skipping = true;
    else if (unit.kind === "video" && unit.keyframe) this.#skipping = false;
    if (this.#skipping && (unit.kind === "video" || this.target.isBlocked)) {
      this.droppedUnits += 1;
      return;
    }
    const timeUs = Math.round(((unit.pts90k - this.start90k) * 100) / 9) + LEAD_US;
    if (timeUs < 0) return;
    const track = unit.kind === "video" ? VIDEO_TRACK : AUDIO_TRACK;
    this.target.write(matroskaFrameHeader(track, timeUs, unit.keyframe, unit.data.length), unit.data);
  }
}
