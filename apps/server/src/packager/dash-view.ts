import {
  type MpdLatency,
  type MpdPeriod,
  type MpdRepresentation,
  writeMpd,
} from "@footlight/protocols/mpd/mpd.ts";
import { TICKS_PER_SECOND } from "../stream/ticks.ts";
import { type DashPeriod, dashPeriods } from "./dash-periods.ts";
import { PlaylistBody } from "./playlist-body.ts";
import type { ViewSource } from "./rendition-view.ts";
import type { TrackInfo } from "./runs.ts";

export interface DashSource extends ViewSource {
  readonly settings: { readonly dvrWindowS: number; readonly liveWindowSegments: number };
  /** The run that gets media now, and its grid. */
  readonly openRun: { readonly number: number; readonly period90k: number } | undefined;
}

/** The server's clock as `GET /time` tells it. */
const TIME_URI = "/time";
/** Players stay so many parts behind the live edge (as PART-HOLD-BACK), and what an encoder takes behind capture. */
const LATENCY_PARTS = 3;
const LATENCY_MARGIN_MS = 400;
/** Never audible. */
const RATE_RANGE = 0.05;
/** Segments whose length is no whole number of ticks are told in finer ones, at most so much. */
const MAX_TICK_SHARE = 1_000;
/** A bandwidth in steps, so that the manifest (and its ETag) changes seldom. */
const BANDWIDTH_STEP_BPS = 10_000;

/**
 * The DASH manifest: the slots' Periods. Players count the segments by the clock, so while nothing out of
 * the ordinary happens it changes only by the time that a young stream can be rewound.
 */
export class DashView {
  readonly #source: DashSource;
  readonly #listedFrom: () => number;
  readonly #nowMs: () => number;
  /** Grids of the runs that were on air when somebody asked. */
  readonly #periods90k = new Map<number, number>();
  #periods: readonly DashPeriod[] = [];
  /** By how much the first segment was captured later than the timeline says; fixed, as players count from it. */
  #availabilityOffsetMs: number | undefined;
  #written: { readonly key: string; readonly body: PlaylistBody } | undefined;
  /** The log's end when it was last looked at; undefined where something else has changed. */
  #lookedAt: number | undefined;

  /** `listedFrom`: number of the oldest slot that it lists. */
  constructor(options: { source: DashSource; listedFrom: () => number; nowMs: () => number }) {
    this.#source = options.source;
    this.#listedFrom = options.listedFrom;
    this.#nowMs = options.nowMs;
  }

  /** A segment, a run or the stream has come to its end. */
  invalidate(): void {
    this.#lookedAt = undefined;
  }

  /** Undefined until there is something to play. */
  body(): PlaylistBody | undefined {
    const { nextSeq } = this.#source.log;
    if (this.#lookedAt === nextSeq) return this.#written?.body;
    this.#lookedAt = nextSeq;
    this.#periods = this.#settled();
    if (this.#periods.length === 0) return undefined;
    this.#availabilityOffsetMs ??= this.#periods[0]?.clock.offsetMs;
    const key = this.#write(0);
    // The time of publishing is that of the last change.
    if (this.#written?.key !== key) {
      this.#written = { key, body: new PlaylistBody(this.#write(this.#nowMs())) };
    }
    return this.#written.body;
  }

  /** A Period that is known keeps its start, its name and what is in it when its first slots leave the window. */
  #settled(): DashPeriod[] {
    const { log, runs, openRun } = this.#source;
    if (openRun !== undefined) this.#periods90k.set(openRun.number, openRun.period90k);
    for (const run of this.#periods90k.keys()) if (!runs.has(run)) this.#periods90k.delete(run);
    const slots = log.range(this.#listedFrom(), log.nextSeq);
    const head = slots[0];
    const cut = this.#periods.findLast(({ run, firstSeq }) => run === head?.run && firstSeq < head.seq);
    const periods = dashPeriods(slots, {
      openRun: openRun?.number,
      slot90kOf: (run) => this.#periods90k.get(run),
      tracksOf: (run) =>
        [...(runs.get(run)?.tracks.values() ?? [])].filter(
          ({ name, codecString }) => codecString !== "" && (run !== cut?.run || this.#wasIn(run, name)),
        ),
    });
    const [first, ...rest] = periods;
    if (first === undefined || cut === undefined || first.firstSeq !== head?.seq) return periods;
    return [{ ...first, firstSeq: cut.firstSeq, start90k: cut.start90k, slot90k: cut.slot90k }, ...rest];
  }

  /** What was missing where a run began stays out of it, though that can no longer be seen. */
  #wasIn(run: number, name: string): boolean {
    return this.#periods.some((period) => period.run === run && period.renditions.includes(name));
  }

  #write(publishMs: number): string {
    const { epochMs, ended, partTargetS, targetDurationS } = this.#source;
    const slot90k = Math.max(...this.#periods.map((period) => period.slot90k));
    const slotS = slot90k / TICKS_PER_SECOND;
    return writeMpd({
      live: ended
        ? undefined
        : {
            availabilityStartMs: epochMs + (this.#availabilityOffsetMs ?? 0),
            publishMs,
            minimumUpdatePeriodS: targetDurationS,
            timeShiftBufferDepthS: this.#depthS(slotS),
            latency: latencyOf(partTargetS, slotS, targetDurationS),
            timeUri: TIME_URI,
          },
      minBufferTimeS: partTargetS === undefined ? slotS : 2 * partTargetS,
      maxSegmentDurationS: slotS,
      periods: this.#periods.map((period, index) => this.#period(period, this.#periods[index + 1])),
    });
  }

  /**
   * How far players may go back. Never before the stream's start: ffmpeg (5.1) takes the time since then less
   * the depth for an unsigned number, and reads the same segment for ever.
   */
  #depthS(slotS: number): number {
    const { log, settings } = this.#source;
    const windowS = Math.max(settings.dvrWindowS, settings.liveWindowSegments * slotS);
    const ageS = (log.last?.start90k ?? 0) / TICKS_PER_SECOND - (this.#availabilityOffsetMs ?? 0) / 1_000;
    return Math.min(windowS, Math.max(Math.floor(ageS), 2 * slotS));
  }

  #period(period: DashPeriod, next: DashPeriod | undefined): MpdPeriod {
    const { epochMs, ended, runs } = this.#source;
    const { run, firstSeq, start90k, slot90k, end90k, clock } = period;
    const finer = finerTicks(slot90k);
    // A last Period with an end would be the end of all to dash.js, and the encoder may come back.
    const goesOn = next === undefined ? !ended : next.start90k === end90k;
    return {
      id: `${run}.${firstSeq}`,
      startS: start90k / TICKS_PER_SECOND,
      durationS: end90k === undefined || goesOn ? undefined : (end90k - start90k) / TICKS_PER_SECOND,
      startNumber: firstSeq,
      segmentDuration: Math.round(slot90k * finer),
      mediaStart: Math.round(start90k * finer),
      timescale: TICKS_PER_SECOND * finer,
      initialization: `init-${run}.mp4`,
      reference: {
        type: clock.source === "capture" ? "captured" : "encoder",
        wallClockMs: epochMs + start90k / 90 + clock.offsetMs,
      },
      representations: period.renditions.flatMap((name) => {
        const track = runs.get(run)?.tracks.get(name);
        return track === undefined ? [] : [this.#representation(track)];
      }),
    };
  }

  #representation(track: TrackInfo): MpdRepresentation {
    const { name: id, codecString: codec, width, height, fps, sampleRate, channels } = track;
    const peakBps = Math.max(track.bitrateBps, this.#source.views.get(id)?.peakBps ?? 0, 1);
    const bandwidthBps = Math.ceil(peakBps / BANDWIDTH_STEP_BPS) * BANDWIDTH_STEP_BPS;
    return track.kind === "video"
      ? { kind: "video", id, codec, bandwidthBps, width, height, frameRate: fps }
      : { kind: "audio", id, codec, bandwidthBps, sampleRate, channels };
  }
}

function latencyOf(partS: number | undefined, slotS: number, targetDurationS: number): MpdLatency {
  if (partS === undefined) {
    // As far behind as HOLD-BACK (RFC 8216bis §4.4.3.8): nobody needs more who fetches whole segments.
    const targetMs = 3_000 * targetDurationS;
    return {
      ...{ targetMs, minMs: 2_000 * slotS, maxMs: 2 * targetMs, rateRange: RATE_RANGE },
      presentationDelayS: targetMs / 1_000,
      chunked: undefined,
    };
  }
  const minMs = Math.round(LATENCY_PARTS * partS * 1_000);
  const targetMs = minMs + LATENCY_MARGIN_MS;
  return {
    targetMs,
    minMs,
    maxMs: 3 * targetMs,
    rateRange: RATE_RANGE,
    // Shaka adds the target to it.
    presentationDelayS: minMs / 1_000,
    // A segment can be had from its first chunk on (ISO/IEC 23009-1 §5.3.9.5.1).
    chunked: { availabilityTimeOffsetS: slotS - partS },
  };
}

function finerTicks(slot90k: number): number {
  for (let share = 1; share < MAX_TICK_SHARE; share += 1) {
    const ticks = slot90k * share;
    if (Math.abs(ticks - Math.round(ticks)) < 1e-6) return share;
  }
  return MAX_TICK_SHARE;
}
