import type Hls from "hls.js";
import { Events, type LevelDetails } from "hls.js";
import { LiveEdge, PART_EDGE } from "./live-edge.ts";
import { ServerClock } from "./server-clock.ts";

const TICK_MS = 100;
/** Encoding and packaging take about this long, until arrivals show the true figure. */
const ASSUMED_PIPELINE_MS = 250;
/** Right after joining the place is corrected once by a small seek instead of a long hurry. */
const SETTLING_MS = 6_000;
/** What a quick join never waits longer for. */
const MAX_HOLD_MS = 700;
/** A join begins with a keyframe, and waits so long for what comes after it up to the place to play. */
const MAX_CATCH_UP_MS = 500;
/** A jump within the buffer leaves so much of it, or it would end in a stall. */
const SEEK_GAP_S = 0.3;
/** Farther than this past the buffer's end is a jump there, nearer is not worth emptying the buffer for. */
const SKIP_S = 4;
const STARVING_SKIP_S = 20;
/** The buffer has not grown for so long, though so much more is listed. */
const STUCK_MS = 700;
const STUCK_S = 0.5;
/** While a page starts, everything is late: that says nothing of the network. */
const LEARN_AFTER_MS = 1_000;
/** Never onto the very end of the buffer, where the picture would stand. */
const END_GAP_S = 0.1;
const LAST_MOMENT_S = 1;
/** A viewer this near to the live place is a live viewer. */
const FOLLOW_WITHIN_S = 1;

/** Puts a `LiveEdge` in charge of hls.js and its video element. Has one timer, which `close()` ends. */
export class LivePilot {
  private edge = new LiveEdge();
  private readonly clock = new ServerClock();
  private readonly timer = setInterval(() => this.tick(), TICK_MS);
  private holdTimer: ReturnType<typeof setTimeout> | undefined;
  private joinedMs = Number.POSITIVE_INFINITY;
  private cameBack = false;
  /** False while the viewer has rewound or paused: then nothing here touches the playhead. */
  private follows = true;
  private settleUntilMs = 0;
  private firstBufferedMs: number | null = null;
  private listedEndS = 0;
  /** The stream has ended: there is no edge any more. */
  private over = false;
  private byParts = false;
  private lastEndS = 0;
  private movedMs = 0;
  private lastCc: number | null = null;
  private readonly onVisible = () => {
    if (document.visibilityState === "visible") this.returned();
  };

  constructor(
    private readonly hls: Hls,
    private readonly video: HTMLVideoElement,
    private readonly network: { readonly throughputBps: number | null; readonly waiting: boolean },
    private readonly ready: () => void,
  ) {
    this.clock.start();
    hls.on(Events.LEVEL_UPDATED, (_event, { details }) => this.notePlaylist(details));
    hls.on(Events.FRAG_BUFFERED, () => {
      const nowMs = performance.now();
      if (this.follows && nowMs > this.joinedMs + LEARN_AFTER_MS) {
        this.edge.noteBuffered(this.bufferedEnd(), nowMs);
      }
      this.join();
    });
    document.addEventListener("visibilitychange", this.onVisible);
  }

  private get joined(): boolean {
    return this.joinedMs < Number.POSITIVE_INFINITY;
  }

  get live(): boolean {
    return this.follows;
  }

  /** Near the edge again, at once, from wherever the viewer was. */
  toLive(): void {
    this.follows = true;
    this.returned();
  }

  /** The viewer goes to, or stays at, a place of their own. */
  letGo(): void {
    this.follows = false;
    this.cameBack = false;
    this.edge.noteLost();
    this.video.playbackRate = 1;
  }

  /** Where a viewer at the edge would be now, media time; null before the first playlist. */
  livePlaceS(): number | null {
    if (this.over) return this.listedEndS;
    return this.edge.blind ? null : Math.min(this.listedEndS, this.edge.startAt(performance.now()));
  }

  noteStall(): void {
    if (this.joined && this.follows) this.edge.noteStall(performance.now());
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

  /** Back from a hidden tab: what was missed there is not made up for by a faster rate. */
  private returned(): void {
    this.cameBack = this.follows;
    this.tick();
  }

  private notePlaylist(details: LevelDetails): void {
    const last = details.fragments.at(-1);
    if (!last) return;
    if (!details.live) {
      this.over = true;
      this.listedEndS = details.edge;
      this.video.playbackRate = 1;
      return;
    }
    const parts = details.partList?.length ? details.partTarget : 0;
    if (parts > 0 !== this.byParts) {
      this.byParts = parts > 0;
      this.edge = new LiveEdge(this.byParts ? PART_EDGE : undefined);
    } else if (this.lastCc !== null && details.endCC !== this.lastCc) this.edge.noteBreak();
    this.lastCc = details.endCC;
    this.listedEndS = details.edge;
    // A list of parts was waited for, or is younger than a part: no need to guess.
    const age = this.edge.blind && !parts ? this.ageMs(last.programDateTime, last.duration) : 0;
    this.edge.noteEdge(details.edge, parts || last.duration, performance.now(), age);
    const level = this.hls.levels[this.hls.loadLevel];
    const { throughputBps } = this.network;
    if (level && this.joined && throughputBps)
      this.edge.noteRatio(throughputBps / Math.max(1, level.bitrate));
  }

  /** How long ago the newest segment came out, by its date: only the first playlist needs telling. */
  private ageMs(startDateMs: number | null, durationS: number): number {
    if (startDateMs === null) return 0;
    const age = this.clock.now() - (startDateMs + durationS * 1000) - ASSUMED_PIPELINE_MS;
    return Math.min(durationS * 1000, Math.max(0, age));
  }

  /** Once, when what is to be played is in the buffer: put the playhead to its place, then play. */
  private join(): void {
    const { buffered } = this.video;
    if (this.joined || buffered.length === 0 || this.edge.blind) return;
    const nowMs = performance.now();
    this.firstBufferedMs ??= nowMs;
    const [from, to] = [buffered.start(0), buffered.end(buffered.length - 1)];
    const goal = this.edge.startAt(nowMs);
    const more = to < goal + END_GAP_S && to < this.listedEndS - END_GAP_S;
    if (more && nowMs - this.firstBufferedMs < MAX_CATCH_UP_MS) return;
    this.joinedMs = nowMs;
    this.settleUntilMs = nowMs + SETTLING_MS;
    const start = Math.min(Math.max(goal, from), to - END_GAP_S);
    if (Math.abs(this.video.currentTime - start) > 0.05) this.video.currentTime = start;
    // Too early to play from here: show the first frame and wait, rather than stall a moment later.
    this.holdTimer = setTimeout(this.ready, Math.min(MAX_HOLD_MS, Math.max(0, start - goal) * 1000));
  }

  private tick(): void {
    const { video } = this;
    if (this.over) {
      this.leadToTheEnd();
      return;
    }
    // What comes next may take its time: on a thin line what is there is played.
    this.join();
    if (!this.joined || video.paused || video.seeking || video.readyState < 2) return;
    if (!this.follows) {
      // A short pause, or a seek to the end of the bar: as good as live.
      const behind = (this.livePlaceS() ?? Infinity) - video.currentTime;
      this.follows = behind < FOLLOW_WITHIN_S;
      return;
    }
    const nowMs = performance.now();
    if (this.stuck(nowMs)) {
      video.currentTime = Math.min(this.edge.startAt(nowMs), this.listedEndS - SEEK_GAP_S);
      return;
    }
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
    // Nothing comes of an interrupted stream: the edge stands, whatever the clock says.
    const goal = Math.min(action.toS, this.listedEndS - END_GAP_S);
    // Not past what is there, or the picture would stand; unless that is far from the edge itself.
    const to = Math.min(goal, this.bufferedEnd() - SEEK_GAP_S);
    if (goal > this.bufferedEnd() + (this.starving ? STARVING_SKIP_S : SKIP_S)) video.currentTime = goal;
    else if (!this.starving && to > video.currentTime + 0.2) video.currentTime = to;
  }

  /** What is left of a stream that has ended plays out; who asks for live gets its last moment. */
  private leadToTheEnd(): void {
    const lastS = this.listedEndS - LAST_MOMENT_S;
    if (this.cameBack && this.video.currentTime < lastS) this.video.currentTime = lastS;
    this.cameBack = false;
  }

  /** The line gives less than what plays: whoever jumps to the edge has to wait there again. */
  private get starving(): boolean {
    const { throughputBps } = this.network;
    const level = this.hls.levels[this.hls.loadLevel];
    return level !== undefined && throughputBps !== null && throughputBps < level.averageBitrate;
  }

  /**
   * hls.js (1.7.4) sometimes loads no more parts of the sound, though they are listed and nothing is on
   * its way. It goes on from another place.
   */
  private stuck(nowMs: number): boolean {
    const endS = this.bufferedEnd();
    if (endS !== this.lastEndS || this.network.waiting) this.movedMs = nowMs;
    this.lastEndS = endS;
    if (!this.byParts || nowMs - this.movedMs < STUCK_MS || this.listedEndS < endS + STUCK_S) return false;
    this.movedMs = nowMs;
    return true;
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
