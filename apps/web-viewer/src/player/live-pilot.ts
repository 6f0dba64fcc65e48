import type Hls from "hls.js";
import { Events, type LevelDetails } from "hls.js";
import { LiveEdge } from "./live-edge.ts";
import { ServerClock } from "./server-clock.ts";

const TICK_MS = 200;
/** Encoding and packaging take about this long, until arrivals show the true figure. */
const ASSUMED_PIPELINE_MS = 250;
/** Right after joining the place is corrected once by a small seek instead of a long hurry. */
const SETTLING_MS = 6_000;
/** What a quick join never waits longer for. */
const MAX_HOLD_MS = 700;
/** A viewer this near to the live place is a live viewer. */
const FOLLOW_WITHIN_S = 1;

/** Puts a `LiveEdge` in charge of hls.js and its video element. Has one timer, which `close()` ends. */
export class LivePilot {
  private readonly edge = new LiveEdge();
  private readonly clock = new ServerClock();
  private readonly timer = setInterval(() => this.tick(), TICK_MS);
  private holdTimer: ReturnType<typeof setTimeout> | undefined;
  private joined = false;
  private cameBack = false;
  /** False while the viewer has rewound or paused: then nothing here touches the playhead. */
  private follows = true;
  private followsSinceMs = 0;
  private settleUntilMs = 0;
  private lastCc: number | null = null;
  private readonly seenAt = new Map<number, number>();
  private readonly onVisible = () => {
    if (document.visibilityState === "visible") this.returned();
  };

  constructor(
    private readonly hls: Hls,
    private readonly video: HTMLVideoElement,
    private readonly ready: () => void,
  ) {
    this.clock.start();
    hls.on(Events.LEVEL_UPDATED, (_event, { details }) => this.notePlaylist(details));
    hls.on(Events.FRAG_BUFFERED, (_event, { frag }) => {
      const seen = typeof frag.sn === "number" ? this.seenAt.get(frag.sn) : undefined;
      // Only what was fetched when it came out says how long that takes.
      if (this.joined && this.follows && seen !== undefined && seen > this.followsSinceMs)
        this.edge.noteFetch((performance.now() - seen) / 1000);
      this.join();
    });
    document.addEventListener("visibilitychange", this.onVisible);
  }

  get live(): boolean {
    return this.follows;
  }

  /** Near the edge again, at once, from wherever the viewer was. */
  toLive(): void {
    if (!this.follows) this.follow();
    this.returned();
  }

  /** The viewer goes to, or stays at, a place of their own. */
  letGo(): void {
    this.follows = false;
    this.cameBack = false;
    this.video.playbackRate = 1;
  }

  /** Where a viewer at the edge would be now, media time; null before the first playlist. */
  livePlaceS(): number | null {
    return this.edge.blind ? null : this.edge.startAt(performance.now());
  }

  noteStall(): void {
    if (this.joined && this.follows) this.edge.noteStall();
  }

  /** By the stream's own date-times, on the server's clock. */
  latencyS(): number | null {
    const playing = this.hls.playingDate;
    return playing ? Math.max(0, (this.clock.now() - playing.getTime()) / 1000) : null;
  }

  targetS(): number | null {
    return this.edge.blind ? null : this.edge.targetS;
  }

  close(): void {
    this.clock.close();
    clearInterval(this.timer);
    clearTimeout(this.holdTimer);
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  private follow(): void {
    this.follows = true;
    this.followsSinceMs = performance.now();
  }

  /** Back from a hidden tab: what was missed there is not made up for by a faster rate. */
  private returned(): void {
    this.cameBack = this.follows;
    this.tick();
  }

  private notePlaylist(details: LevelDetails): void {
    const last = details.fragments.at(-1);
    if (!last || !details.live) return;
    if (this.lastCc !== null && details.endCC !== this.lastCc) this.edge.noteBreak();
    this.lastCc = details.endCC;
    if (details.advanced) {
      this.seenAt.set(last.sn, performance.now());
      for (const sn of this.seenAt.keys()) if (sn < last.sn - 8) this.seenAt.delete(sn);
    }
    const age = this.edge.blind ? this.ageMs(last.programDateTime, last.duration) : 0;
    this.edge.noteEdge(details.edge, last.duration, performance.now(), age);
    const level = this.hls.levels[this.hls.loadLevel];
    if (level && this.joined) this.edge.noteRatio(this.hls.bandwidthEstimate / Math.max(1, level.bitrate));
  }

  /** How long ago the newest segment came out, by its date: only the first playlist needs telling. */
  private ageMs(startDateMs: number | null, durationS: number): number {
    if (startDateMs === null) return 0;
    const age = this.clock.now() - (startDateMs + durationS * 1000) - ASSUMED_PIPELINE_MS;
    return Math.min(durationS * 1000, Math.max(0, age));
  }

  /** Once, when the first segment is in the buffer: put the playhead to its place, then play. */
  private join(): void {
    const { buffered } = this.video;
    if (this.joined || buffered.length === 0 || this.edge.blind) return;
    this.joined = true;
    this.settleUntilMs = performance.now() + SETTLING_MS;
    const [from, to] = [buffered.start(0), buffered.end(buffered.length - 1)];
    const goal = this.edge.startAt(performance.now());
    const start = Math.min(Math.max(goal, from), to - 0.1);
    if (Math.abs(this.video.currentTime - start) > 0.05) this.video.currentTime = start;
    // Too early to play from here: show the first frame and wait, rather than stall a moment later.
    this.holdTimer = setTimeout(this.ready, Math.min(MAX_HOLD_MS, Math.max(0, start - goal) * 1000));
  }

  private tick(): void {
    const { video } = this;
    if (!this.joined || video.paused || video.seeking || video.readyState < 2) return;
    if (!this.follows) {
      // A short pause, or a seek to the end of the bar: as good as live.
      const behind = (this.livePlaceS() ?? Infinity) - video.currentTime;
      if (behind < FOLLOW_WITHIN_S) this.follow();
      return;
    }
    const nowMs = performance.now();
    const settling = nowMs < this.settleUntilMs && this.edge.measured;
    const action = this.edge.decide({
      nowMs,
      currentS: video.currentTime,
      bufferedEndS: this.bufferedEnd(),
      returned: this.cameBack || settling,
    });
    this.cameBack = false;
    if (action.kind === "rate") {
      if (video.playbackRate !== action.rate) video.playbackRate = action.rate;
      return;
    }
    video.playbackRate = 1;
    this.settleUntilMs = 0;
    // Not past what is there, or the picture would stand; unless that is far from the edge itself.
    const to = Math.min(action.toS, this.bufferedEnd() - 0.1);
    if (action.toS > this.bufferedEnd() + 4) video.currentTime = action.toS;
    else if (to > video.currentTime + 0.2) video.currentTime = to;
  }

  private bufferedEnd(): number {
    const { buffered, currentTime } = this.video;
    for (let index = 0; index < buffered.length; index++) {
      if (buffered.start(index) <= currentTime + 0.1 && buffered.end(index) >= currentTime)
        return buffered.end(index);
    }
    return currentTime;
  }
}
