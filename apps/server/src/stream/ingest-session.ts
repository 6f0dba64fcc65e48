import { CaptureClock, type StreamClock } from "./capture-clock.ts";
import { FrameClock } from "./frame-clock.ts";
import { detectFrameRate, frameTicks } from "./frame-rate.ts";
import { SampleClock } from "./sample-clock.ts";
import { Timeline } from "./timeline.ts";
import type { FrameRate, IncomingUnit, TrackSet, Unit, VideoTrack } from "./unit.ts";

/** Frames to see before the rate is judged, and how long to wait for them. */
const JUDGED_FRAMES = 12;
const MAX_HOLD_MS = 800;
const MAX_HELD_UNITS = 400;
/** Decode times kept to judge anew when the rate turns out wrong: milliseconds average out over them. */
const REMEMBERED_FRAMES = 300;
/** The newest of them: another rate by more than this shows there first. */
const NEWEST_FRAMES = 24;
const OTHER_RATE = 0.01;

export interface SessionOutput {
  /** Before the first unit, and when the judgement of the rate changes; without `restart` the units go on as they were. */
  ready(frameRate: FrameRate | undefined, restart: boolean): void;
  unit(unit: Unit): void;
}

type Held = { readonly unit: IncomingUnit; readonly receivedAtMs: number };

/**
 * One publisher's feed on its way to the stream's timeline: rebased, on exact frames and samples.
 * The first dozen frames of a picture are held until their rate is known (0.4 s at 30 fps), also where
 * sound came long before it or it changed its shape on air; then all flow through.
 */
export class IngestSession {
  #timeline: Timeline | undefined;
  #held: Held[] | undefined = [];
  /** The present picture's rate has been judged. */
  #judged = false;
  #frames: FrameClock | undefined;
  #samples: SampleClock | undefined;
  #frameRate: FrameRate | undefined;
  #tracks: TrackSet = { video: undefined, audio: undefined, expectsVideo: true, expectsAudio: true };
  #recentDts90k: number[] = [];
  #lastDts90k = { video: -1, audio: -1 };
  #missingBefore = 0;
  readonly #clock: CaptureClock;
  /** What took the leading track to the timeline last; another one is a jump. */
  #clockedOffset90k: number | undefined;

  /**
   * @param epochMs wall clock of tick 0
   * @param floor90k nothing may come before it: the end of what the stream has already shown
   */
  constructor(
    private readonly epochMs: number,
    private readonly floor90k: number,
    private readonly output: SessionOutput,
  ) {
    this.#clock = new CaptureClock(epochMs);
  }

  get clock(): Pick<CaptureClock, "clock" | "delayMs" | "implausible"> {
    return this.#clock;
  }

  get frameRate(): FrameRate | undefined {
    return this.#frameRate;
  }

  get missingFrames(): number {
    return this.#missingBefore + (this.#frames?.missingFrames ?? 0);
  }

  setTracks(tracks: TrackSet): void {
    const rateChanged = tracks.audio?.sampleRate !== this.#tracks.audio?.sampleRate;
    if (otherPicture(this.#tracks, tracks)) this.#forgetPicture();
    this.#tracks = tracks;
    if (!rateChanged) return;
    // Opus comes in samples, not in milliseconds: there is no rounding to even out.
    this.#samples = tracks.audio?.codec === "aac" ? new SampleClock(tracks.audio.sampleRate) : undefined;
  }

  push(unit: IncomingUnit, receivedAtMs: number): void {
    const isPicture = unit.kind === "video" && !this.#judged;
    // Nothing can be decoded before the first keyframe.
    if (isPicture && !unit.keyframe && !this.#holdsVideo()) return;
    if (isPicture) this.#held ??= [];
    if (this.#held === undefined) {
      this.#emit(unit, receivedAtMs);
      return;
    }
    this.#held.push({ unit, receivedAtMs });
    if (this.#judgeable(receivedAtMs)) this.#release();
  }

  #holdsVideo(): boolean {
    return this.#held?.some(({ unit }) => unit.kind === "video") ?? false;
  }

  /** The publisher left: what is held is still shown. */
  flush(): void {
    if (this.#held !== undefined && this.#held.length > 0) this.#release();
  }

  #judgeable(nowMs: number): boolean {
    const held = this.#held as Held[];
    const video = held.filter(({ unit }) => unit.kind === "video").length;
    if (video > JUDGED_FRAMES || held.length >= MAX_HELD_UNITS) return true;
    const waitedMs = nowMs - (held[0] as Held).receivedAtMs;
    return waitedMs > MAX_HOLD_MS || (!this.#tracks.expectsVideo && this.#tracks.audio !== undefined);
  }

  #release(): void {
    const held = this.#held as Held[];
    this.#held = undefined;
    const first = held[0] as Held;
    const video = held.filter(({ unit }) => unit.kind === "video").map(({ unit }) => unit);
    this.#judged = video.length > 0;
    // A claim says nothing before there is a picture.
    this.#frameRate = this.#judged
      ? detectFrameRate(
          video.map((unit) => unit.dts90k),
          this.#tracks.video?.claimedFrameRate,
        )
      : undefined;
    const begins = this.#timeline === undefined;
    if (this.#timeline === undefined) {
      const start90k = Math.max(this.floor90k, Math.round((first.receivedAtMs - this.epochMs) * 90));
      const earliest = Math.min(...held.map(({ unit }) => unit.dts90k));
      this.#timeline = new Timeline(this.#align(start90k - earliest, video[0]));
    }
    if (begins || this.#judged) this.output.ready(this.#frameRate, true);
    for (const { unit, receivedAtMs } of held) this.#emit(unit, receivedAtMs);
  }

  #forgetPicture(): void {
    this.#judged = false;
    this.#missingBefore = this.missingFrames;
    this.#frames = undefined;
    this.#recentDts90k = [];
    this.#held = this.#held?.filter(({ unit }) => unit.kind === "audio");
  }

  /**
   * Moves the session a little later, so that its first picture lies on an even frame of the
   * timeline: a rendition at half the rate then shares every other frame exactly.
   */
  #align(offset90k: number, firstVideo: IncomingUnit | undefined): number {
    if (firstVideo === undefined || this.#frameRate === undefined) return offset90k;
    const step90k = 2 * frameTicks(this.#frameRate);
    const pts90k = firstVideo.pts90k + offset90k;
    const aligned = Math.ceil(pts90k / step90k - 1e-6) * step90k;
    this.#frames = new FrameClock(this.#frameRate, aligned - (firstVideo.pts90k - firstVideo.dts90k));
    return offset90k + (aligned - pts90k);
  }

  #emit(unit: IncomingUnit, receivedAtMs: number): void {
    const arrival90k = (receivedAtMs - this.epochMs) * 90;
    const offset90k = (this.#timeline as Timeline).offsetFor(unit.kind, unit.dts90k, arrival90k);
    const mapped = { dts90k: unit.dts90k + offset90k, pts90k: unit.pts90k + offset90k };
    const time = unit.kind === "video" ? this.#videoTime(mapped) : this.#audioTime(mapped.pts90k);
    const timed = { ...unit, ...time, receivedAtMs };
    this.output.unit({ ...timed, clock: this.#clocked(timed, offset90k) });
  }

  /** Sound is sent beside pictures that were captured earlier or later: with a picture, that alone tells. */
  #clocked(unit: Omit<Unit, "clock">, offset90k: number): StreamClock {
    if (unit.kind === "audio" && this.#tracks.video !== undefined) return this.#clock.clock;
    const jumped = this.#clockedOffset90k !== undefined && this.#clockedOffset90k !== offset90k;
    if (jumped) this.#clock.forget();
    this.#clockedOffset90k = offset90k;
    return this.#clock.add(unit);
  }

  #videoTime(mapped: { dts90k: number; pts90k: number }): { dts90k: number; pts90k: number } {
    this.#recentDts90k.push(mapped.dts90k);
    if (this.#recentDts90k.length > REMEMBERED_FRAMES) this.#recentDts90k.shift();
    if (this.#frames?.lost) this.#judgeAnew(mapped.dts90k);
    else if (this.#frameRate !== undefined) this.#frames ??= new FrameClock(this.#frameRate, mapped.dts90k);
    const time = this.#frames?.snap(mapped.dts90k, mapped.pts90k) ?? {
      dts90k: Math.round(mapped.dts90k),
      pts90k: Math.round(mapped.pts90k),
    };
    const dts90k = Math.max(time.dts90k, this.#lastDts90k.video + 1);
    this.#lastDts90k.video = dts90k;
    return { dts90k, pts90k: Math.max(time.pts90k, dts90k) };
  }

  #judgeAnew(dts90k: number): void {
    if (this.#tracks.video?.adaptive === true) {
      this.#vary();
      return;
    }
    const before = this.#frameRate;
    const newest = detectFrameRate(this.#recentDts90k.slice(-NEWEST_FRAMES), undefined);
    const changed = newest !== undefined && before !== undefined && !alike(newest, before);
    // Milliseconds tell 30 from 29.97 over many frames only, but these may be from before the change.
    this.#frameRate = changed ? newest : detectFrameRate(this.#recentDts90k, undefined);
    if (changed) this.#recentDts90k = this.#recentDts90k.slice(-NEWEST_FRAMES);
    this.#missingBefore = this.missingFrames;
    this.#frames = this.#frameRate && new FrameClock(this.#frameRate, dts90k);
    const same = before?.num === this.#frameRate?.num && before?.den === this.#frameRate?.den;
    // The same rate at another phase is no reason to begin anew.
    if (!same) this.output.ready(this.#frameRate, true);
  }

  /** A sender that follows its line would change its rate again and again: from here on it has none. */
  #vary(): void {
    this.#missingBefore = this.missingFrames;
    this.#frames = undefined;
    this.#frameRate = undefined;
    this.output.ready(undefined, false);
  }

  #audioTime(pts90k: number): { dts90k: number; pts90k: number } {
    const time = this.#samples?.smooth(pts90k) ?? Math.round(pts90k);
    const dts90k = Math.max(time, this.#lastDts90k.audio + 1);
    this.#lastDts90k.audio = dts90k;
    return { dts90k, pts90k: dts90k };
  }
}

function otherPicture(before: TrackSet, after: TrackSet): boolean {
  if (before.video === undefined || after.video === undefined) return false;
  if (adapts(before.video, after.video)) return false;
  return Buffer.compare(before.video.config, after.video.config) !== 0;
}

/** The same picture, at what its line allows now. */
export const adapts = (before: VideoTrack, after: VideoTrack): boolean =>
  before.adaptive === true && after.adaptive === true && before.codec === after.codec;

const alike = (a: FrameRate, b: FrameRate): boolean =>
  Math.abs(frameTicks(a) / frameTicks(b) - 1) < OTHER_RATE;
