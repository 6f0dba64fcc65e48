import { parseAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import { BitstreamError } from "@footlight/protocols/h264/bit-reader.ts";
import { parseSps, type Sps } from "@footlight/protocols/h264/sps.ts";
import type { Grid } from "../stream/media-sink.ts";
import type { StreamEvent } from "../stream/subscription.ts";
import { TICKS_PER_SECOND } from "../stream/ticks.ts";
import type { FrameRate, TrackSet, Unit, VideoTrack } from "../stream/unit.ts";
import { encodingFrameRate, framesPerSecond, frameTicks } from "./frame-rate.ts";
import { encodedPeriod90k, findGrid, isOnGrid } from "./grid.ts";
import type { ReencodeReason, RunShape } from "./run-shape.ts";

/** A track that is announced but has not come is waited for so long. */
const EXPECTED_TRACK_MS = 1_000;
/** Of senders that follow their line: less is for now, and what varies goes to 30 or 60. */
const SLOWEST_FPS = 24;
const FAST_FPS = 45;
/** To average a varying frame rate over. */
const RATE_SAMPLE90K = 0.5 * TICKS_PER_SECOND;
const MAX_HELD_BYTES = 48 * 1024 * 1024;
const MAX_HELD_UNITS = 4_000;

export type TracksEvent = Extract<StreamEvent, { type: "tracks" }>;

/** What is known from before, when a run starts anew within one publisher's session. */
export interface Resumption {
  /** The source's own grid, found before: only a keyframe on it is waited for. */
  readonly grid: Grid | undefined;
  /** Passing through has failed for this reason. */
  readonly reencodeReason: ReencodeReason | undefined;
  /** Up to here players have it already. */
  readonly delivered90k: number;
  /** At which the source was encoded before, where it goes on without a break. */
  readonly frameRate?: FrameRate;
}

/**
 * Holds a source's first units until it is settled how to encode them. `shape` is asked after each
 * unit and from time to time; the held units are then fed to the run at full speed.
 */
export class Intake {
  #units: Unit[] = [];
  #bytes = 0;
  #keyframes90k: number[] = [];
  #horizon90k: number | undefined;
  #hurry = false;
  readonly #sps: Sps | undefined;

  constructor(
    private readonly event: TracksEvent,
    private readonly gopS: number,
    private readonly startedMs: number,
    private readonly resumption?: Resumption,
  ) {
    const { video } = event.tracks;
    this.#sps = video?.codec === "h264" ? spsOf(video) : undefined;
  }

  get units(): readonly Unit[] {
    return this.#units;
  }

  get tracks(): TrackSet {
    return this.event.tracks;
  }

  add(unit: Unit): void {
    const resumesAt = this.resumption?.delivered90k ?? Number.NEGATIVE_INFINITY;
    if (unit.kind === "video") {
      this.#horizon90k = Math.max(this.#horizon90k ?? unit.pts90k, unit.pts90k);
      if (unit.keyframe) {
        // Nothing before the last keyframe that players have is of use.
        if (unit.pts90k <= resumesAt || this.#waitsForGrid(unit)) this.#forget();
        this.#keyframes90k.push(unit.pts90k);
      }
    } else if (this.event.tracks.video === undefined && unit.pts90k < resumesAt) return;
    this.#units.push(unit);
    this.#bytes += unit.data.length;
  }

  /** Undefined: not settled yet. `last_chance`: nothing more will come, so it is settled by what there is. */
  shape(nowMs: number, chance?: "last_chance"): RunShape | undefined {
    this.#hurry = chance !== undefined;
    const { tracks } = this.event;
    const missing =
      (tracks.expectsAudio && tracks.audio === undefined) ||
      (tracks.expectsVideo && tracks.video === undefined);
    if (missing && !this.#hurry && nowMs - this.startedMs < EXPECTED_TRACK_MS) return undefined;
    return tracks.video === undefined ? this.#soundOnly() : this.#withVideo(tracks.video);
  }

  #soundOnly(): RunShape | undefined {
    const { tracks } = this.event;
    const first = this.#units[0];
    if (tracks.audio === undefined || first === undefined) return undefined;
    const grid = { origin90k: first.pts90k, period90k: Math.round(this.gopS * TICKS_PER_SECOND) };
    return { tracks, video: undefined, audio: "encoded", grid };
  }

  #withVideo(track: VideoTrack): RunShape | undefined {
    const first90k = this.#keyframes90k[0];
    if (first90k === undefined || this.#horizon90k === undefined) return undefined;
    const seen90k = this.#horizon90k - first90k;
    const full = this.#hurry || this.#bytes > MAX_HELD_BYTES || this.#units.length > MAX_HELD_UNITS;
    const isRated = this.event.frameRate !== undefined || this.resumption?.frameRate !== undefined;
    if (!isRated && seen90k < RATE_SAMPLE90K && !full) return undefined;
    const claimed = this.#sps?.frameRate ?? track.claimedFrameRate;
    const frameRate = encodingFrameRate(this.event.frameRate, claimed, this.#units);
    const frame90k = frameTicks(frameRate);

    const reason = this.resumption?.reencodeReason ?? this.#unfit(track);
    if (reason !== undefined) return this.#reencoded(track, this.#encodedRate(track, frameRate), reason);
    const known = this.resumption?.grid;
    if (known !== undefined) {
      const start90k = this.#keyframes90k.find(
        (key90k) => key90k > (this.resumption?.delivered90k ?? 0) && isOnGrid(known, key90k, frame90k),
      );
      if (start90k !== undefined) {
        return this.#passedThrough(track, frameRate, { origin90k: start90k, period90k: known.period90k });
      }
      // Two periods without a point of the old grid: it is a grid no more.
      if (seen90k < 2 * known.period90k && !full) return undefined;
      return this.#reencoded(track, this.#encodedRate(track, frameRate), "keyframe_missing");
    }
    const verdict = findGrid(this.#keyframes90k, this.#horizon90k, frame90k);
    if (verdict.kind === "regular") return this.#passedThrough(track, frameRate, verdict.grid);
    if (verdict.kind === "irregular" || full) {
      return this.#reencoded(track, this.#encodedRate(track, frameRate), "keyframes");
    }
    return undefined;
  }

  /** One that follows its line may begin with fewer frames a second than it goes on with. */
  #encodedRate(track: VideoTrack, seen: FrameRate): FrameRate {
    const before = this.resumption?.frameRate;
    if (before !== undefined) return before;
    if (track.adaptive !== true) return seen;
    const fps = framesPerSecond(seen);
    if (this.event.frameRate !== undefined && fps >= SLOWEST_FPS) return seen;
    return { num: fps < FAST_FPS ? 30 : 60, den: 1 };
  }

  #passedThrough(track: VideoTrack, frameRate: FrameRate, grid: Grid): RunShape {
    return this.#result(track, frameRate, grid, undefined);
  }

  /** Starts with the first frame that players do not have, on a grid of its own. */
  #reencoded(track: VideoTrack, frameRate: FrameRate, reason: ReencodeReason): RunShape | undefined {
    const first90k = this.#keyframes90k[0] as number;
    const delivered90k = this.resumption?.delivered90k ?? Number.NEGATIVE_INFINITY;
    const fresh = this.#units.filter((unit) => unit.kind === "video" && unit.pts90k > delivered90k);
    if (fresh.length === 0) return undefined;
    const origin90k = Math.max(first90k, Math.min(...fresh.map((unit) => unit.pts90k)));
    const period90k = encodedPeriod90k(this.gopS, frameTicks(frameRate));
    return this.#result(track, frameRate, { origin90k, period90k }, reason);
  }

  #result(
    track: VideoTrack,
    frameRate: FrameRate,
    grid: Grid,
    reencodeReason: ReencodeReason | undefined,
  ): RunShape {
    const { tracks } = this.event;
    const expected = tracks.expectsAudio ? "silent" : "none";
    return {
      tracks,
      video: {
        width: this.#sps?.width ?? track.width,
        height: this.#sps?.height ?? track.height,
        frameRate,
        steady: this.event.frameRate !== undefined,
        passthrough: reencodeReason === undefined,
        reencodeReason,
      },
      audio: tracks.audio === undefined ? expected : "encoded",
      grid,
    };
  }

  #unfit(track: VideoTrack): ReencodeReason | undefined {
    if (track.codec !== "h264") return "codec";
    if (track.adaptive === true && !this.#isSteady(track)) return "adaptive";
    if (this.#sps === undefined) return "profile";
    const { chromaFormat, bitDepth, interlaced } = this.#sps;
    return chromaFormat !== 1 || bitDepth !== 8 || interlaced ? "profile" : undefined;
  }

  /**
   * Of senders that follow their line, encoders with a clock (OBS) say its rate and keep it. A browser's
   * frames come as they are captured, its keyframes when they are asked for: on no grid for long.
   */
  #isSteady({ claimedFrameRate }: VideoTrack): boolean {
    return claimedFrameRate !== undefined && this.event.frameRate !== undefined;
  }

  /** While only a keyframe of a known grid will do, what came before one is of no use. */
  #waitsForGrid(unit: Unit): boolean {
    const known = this.resumption?.grid;
    if (known === undefined || this.resumption?.reencodeReason !== undefined) return false;
    const frame90k = frameTicks(this.event.frameRate ?? { num: 30, den: 1 });
    return isOnGrid(known, unit.pts90k, frame90k);
  }

  #forget(): void {
    this.#units = [];
    this.#bytes = 0;
    this.#keyframes90k = [];
  }
}

function spsOf(track: VideoTrack): Sps | undefined {
  try {
    const nal = parseAvcConfig(track.config).sps[0];
    return nal === undefined ? undefined : parseSps(nal);
  } catch (error) {
    if (error instanceof BitstreamError) return undefined;
    throw error;
  }
}
