import type { PesPacket } from "@footlight/protocols/mpegts/demuxer.ts";
import { AUDIO_RENDITION } from "@footlight/shared";
import type { ChildExit, Spawn } from "../platform/child-process.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { type StreamClock, TIMELINE_CLOCK } from "../stream/capture-clock.ts";
import type { MediaSink, Rendition, RenditionUnit } from "../stream/media-sink.ts";
import type { Unit } from "../stream/unit.ts";
import { Annex } from "./annex.ts";
import { AudioLine } from "./audio-line.ts";
import { Encoder } from "./encoder.ts";
import { frameTicks } from "./frame-rate.ts";
import { GridWatch } from "./grid.ts";
import type { EncodedRung, LadderPlan } from "./ladder-plan.ts";
import { LagWatch } from "./lag-watch.ts";
import { adtsFrames, type ReaderOutput } from "./rendition-reader.ts";
import { planFor, renditionsOf } from "./run-plan.ts";
import type { RunShape } from "./run-shape.ts";
import type { TranscodeSettings } from "./settings.ts";
import { AAC_48K_STEREO_CONFIG, AAC_FRAME90K } from "./silence.ts";
import { SourceForwarder } from "./source-forwarder.ts";

/** Sound that is so far behind the picture on the way in has stopped. */
const SILENT_AFTER90K = 63_000;
/** While it is stopped, silence follows the picture at this distance: it may come back at any moment. */
const SILENCE_BEHIND90K = 9_000;
/** What the sound's decoder, resampler and encoder keep inside. */
const AUDIO_INSIDE90K = 6 * AAC_FRAME90K;

/** Why a run cannot go on; the transcoder then starts another. */
export type RunFault = "keyframe_missing" | "paused" | "behind";

export interface RunEvents {
  /** At most once, and not after `finish` or `abort`. */
  fault(fault: RunFault): void;
  /** ffmpeg is gone and nothing more will come; the sink has not been told. */
  exited(exit: ChildExit): void;
  /** A rung of the annex was too much for this machine; the run goes on without it. */
  dropped(rung: string): void;
}

/**
 * One unbroken life of a stream's encoders: one ffmpeg for what is always on, the annex for what is
 * asked for, and the source beside them.
 */
export class TranscodeRun {
  readonly plan: LadderPlan | undefined;
  readonly renditions: readonly Rendition[];
  readonly startedMs: number;
  /** Up to here (presentation time) players have the best rendition. */
  delivered90k: number;
  #state: "running" | "stopping" | "over" = "running";
  /** A source with neither sound nor room for a smaller rung needs no encoder. */
  readonly #encoder: Encoder | undefined;
  readonly #annex: Annex;
  readonly #source: SourceForwarder | undefined;
  readonly #sound: AudioLine | undefined;
  readonly #watch: GridWatch | undefined;
  #lag: LagWatch;
  #videoIn90k: number | undefined;
  #audioIn90k: number | undefined;
  #sourceStarted = false;
  #wallClock: StreamClock;

  constructor(
    readonly shape: RunShape,
    held: readonly Unit[],
    private readonly deps: {
      readonly settings: TranscodeSettings;
      readonly without: ReadonlySet<string>;
      /** Rungs that somebody watches: they are there from the first frame on. */
      readonly wanted: ReadonlySet<string>;
      readonly sink: MediaSink;
      readonly clock: Clock;
      readonly logger: Logger;
      /** In [0, 1). */
      readonly random: () => number;
      /** A track that pauses for longer is not bridged with repeated frames and silence: it is a fault. */
      readonly maxPause90k: number;
      readonly events: RunEvents;
      readonly spawn?: Spawn;
    },
  ) {
    const { sink } = deps;
    const { grid, video } = shape;
    this.startedMs = deps.clock.monotonicMs();
    this.#lag = new LagWatch(this.startedMs);
    this.delivered90k = grid.origin90k - 1;
    this.plan = planFor(shape, held, deps);
    const frame90k = video === undefined ? 3000 : frameTicks(video.frameRate);

    this.renditions = renditionsOf(shape, this.plan);
    this.#wallClock = held.at(-1)?.clock ?? TIMELINE_CLOCK;
    sink.startRun({ grid, renditions: this.renditions, clock: () => this.#wallClock });
    if (shape.audio !== "none") {
      const { name } = AUDIO_RENDITION;
      this.#sound = new AudioLine((unit) => sink.push(name, unit), grid.origin90k);
      sink.configure(name, AAC_48K_STEREO_CONFIG);
    }
    if (video?.passthrough === true && shape.tracks.video !== undefined && this.plan?.source !== undefined) {
      this.#source = new SourceForwarder(
        this.#outputTo(this.plan.source.name, true),
        shape.tracks.video.config,
        video.steady ? frame90k : undefined,
      );
      this.#watch = new GridWatch(grid, frame90k);
    }
    const encoded = this.plan?.encoded ?? [];
    this.#encoder = this.#startEncoder(encoded.filter((rung) => rung.alwaysOn));
    this.#annex = new Annex(
      encoded.filter((rung) => !rung.alwaysOn),
      { ...deps, shape, dropped: (rung) => deps.events.dropped(rung) },
    );
    for (const name of deps.wanted) this.#annex.wake(name);
  }

  /** Once, before `push`: what was held until the run's shape was settled goes in at full speed. */
  start(held: readonly Unit[]): void {
    // Their clocks are older than what the last of them knows.
    for (const unit of held) this.#take(unit);
  }

  /** Of what is always on. */
  get pid(): number | undefined {
    return this.#encoder?.pid;
  }

  get annex(): Pick<Annex, "wake" | "sleep" | "awake" | "pid"> {
    return this.#annex;
  }

  get produced(): boolean {
    return this.#encoder?.produced ?? false;
  }

  get speed(): number | undefined {
    return this.#encoder?.speed;
  }

  get droppedUnits(): number {
    return (this.#encoder?.droppedUnits ?? 0) + this.#annex.droppedUnits;
  }

  /** The newest picture that has come in. */
  get newest90k(): number {
    return this.#videoIn90k ?? this.delivered90k;
  }

  /** Media time between what ffmpeg was given last and what its slowest rendition has given back. */
  get lagMs(): number {
    return this.#encoder?.lagMs ?? 0;
  }

  push(unit: Unit): void {
    this.#wallClock = unit.clock;
    this.#take(unit);
  }

  #take(unit: Unit): void {
    if (this.#state !== "running") return;
    if (unit.kind === "video") this.#video(unit);
    else this.#audio(unit);
  }

  /** End of the source: what ffmpeg has inside still reaches the sink, which is then told. */
  async finish(): Promise<void> {
    if (this.#state === "running") this.#state = "stopping";
    await Promise.all([this.#encoder?.drain(), this.#annex.finish()]);
    this.#end();
  }

  /** What is inside is given up. */
  async abort(): Promise<void> {
    if (this.#state === "running") this.#state = "stopping";
    await Promise.all([this.#encoder?.abort(), this.#annex.abort()]);
    this.#end();
  }

  #ended = false;

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.deps.sink.endRun();
  }

  #video(unit: Unit): void {
    if (this.#pauses(unit.pts90k, this.#videoIn90k)) return;
    if (this.#source !== undefined) {
      // What is older than the run's first keyframe has been delivered, or cannot be decoded.
      this.#sourceStarted ||= unit.keyframe && unit.pts90k >= this.shape.grid.origin90k - 1;
      if (!this.#sourceStarted) return;
      if (this.#watch?.accepts(unit.pts90k, unit.keyframe) === false) {
        this.#fault("keyframe_missing");
        return;
      }
      this.#source.push(unit);
    }
    // Before it is given more: the bridge over a pause is no backlog.
    this.#watchLag(this.deps.clock.monotonicMs());
    if (this.#state !== "running") return;
    this.#videoIn90k = Math.max(this.#videoIn90k ?? unit.pts90k, unit.pts90k);
    this.#encoder?.push(unit);
    this.#annex.push(unit);
    this.#fillSilence(this.#videoIn90k);
  }

  /** What only some watch is given up first: perhaps the rest is then fast enough. */
  #watchLag(nowMs: number): void {
    if (!this.#lag.isBehind(nowMs, this.lagMs)) return;
    if (this.#annex.dropTop()) this.#lag = new LagWatch(nowMs);
    else this.#fault("behind");
  }

  #audio(unit: Unit): void {
    if (this.shape.audio !== "encoded" || this.#pauses(unit.pts90k, this.#audioIn90k)) return;
    // What lies wholly before the start would only be decoded to be thrown away.
    if (unit.pts90k < this.shape.grid.origin90k - 18_000) return;
    this.#audioIn90k = unit.pts90k;
    this.#encoder?.push(unit);
  }

  #pauses(now90k: number, last90k: number | undefined): boolean {
    if (last90k === undefined || now90k - last90k <= this.deps.maxPause90k) return false;
    this.#fault("paused");
    return true;
  }

  #fillSilence(video90k: number): void {
    const sound = this.#sound;
    if (sound === undefined) return;
    if (this.shape.audio === "silent") {
      sound.fillTo(video90k);
      return;
    }
    const heard90k = this.#audioIn90k ?? this.shape.grid.origin90k;
    if (video90k - heard90k < SILENT_AFTER90K) return;
    // First let out what ffmpeg still has, unless it keeps it for too long.
    const isOut = sound.end90k >= heard90k - AUDIO_INSIDE90K;
    if (isOut || video90k - sound.end90k > 4 * SILENT_AFTER90K) sound.fillTo(video90k - SILENCE_BEHIND90K);
  }

  #startEncoder(rungs: readonly EncodedRung[]): Encoder | undefined {
    const { settings, spawn, events } = this.deps;
    const { shape } = this;
    const audio = shape.audio === "encoded";
    if (rungs.length === 0 && !audio) return undefined;
    const encoder = new Encoder({
      shape,
      settings,
      rungs,
      start90k: shape.grid.origin90k,
      outputOf: (rung) => this.#outputTo(rung.name, rung === rungs[0] && shape.video?.passthrough !== true),
      ...(audio ? { sound: (packet: PesPacket) => this.#soundPacket(packet) } : {}),
      ...(spawn === undefined ? {} : { spawn }),
    });
    void encoder.exited.then((exit) => {
      const asked = this.#state === "stopping";
      this.#state = "over";
      if (!asked) events.exited(exit);
    });
    return encoder;
  }

  #soundPacket(packet: PesPacket): void {
    let pts90k = this.shape.grid.origin90k + packet.pts90k;
    for (const frame of adtsFrames(packet.data)) {
      this.#sound?.push(pts90k, frame);
      pts90k += AAC_FRAME90K;
    }
  }

  #outputTo(name: string, isBest: boolean): ReaderOutput {
    const { sink } = this.deps;
    return {
      configure: (config: Uint8Array): void => sink.configure(name, config),
      unit: (unit: RenditionUnit): void => {
        if (isBest) this.delivered90k = Math.max(this.delivered90k, unit.pts90k);
        sink.push(name, unit);
      },
    };
  }

  #fault(fault: RunFault): void {
    if (this.#state !== "running") return;
    this.#state = "stopping";
    this.deps.events.fault(fault);
  }
}
