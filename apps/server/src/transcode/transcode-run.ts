import { availableParallelism } from "node:os";
import { AUDIO_RENDITION } from "@footlight/shared";
import type { ChildExit, Spawn } from "../platform/child-process.ts";
import type { Clock } from "../platform/clock.ts";
import type { PesPacket } from "../protocols/mpegts/demuxer.ts";
import { type StreamClock, TIMELINE_CLOCK } from "../stream/capture-clock.ts";
import type { MediaSink, Rendition, RenditionUnit } from "../stream/media-sink.ts";
import type { Unit } from "../stream/unit.ts";
import { AudioLine } from "./audio-line.ts";
import { ffmpegArguments } from "./ffmpeg-args.ts";
import { FfmpegProcess } from "./ffmpeg-process.ts";
import { frameTicks } from "./frame-rate.ts";
import { GridWatch } from "./grid.ts";
import { InputFeed } from "./input-feed.ts";
import { type EncodedRung, type LadderPlan, planLadder } from "./ladder-plan.ts";
import { LagWatch } from "./lag-watch.ts";
import type { Progress } from "./progress.ts";
import { adtsFrames, VideoReader } from "./rendition-reader.ts";
import type { RunShape } from "./run-shape.ts";
import type { TranscodeSettings } from "./settings.ts";
import { AAC_48K_STEREO_CONFIG, AAC_FRAME90K } from "./silence.ts";
import { SourceForwarder } from "./source-forwarder.ts";

/** Sound that is so far behind the picture on the way in has stopped. */
const SILENT_AFTER90K = 63_000;
/** While it is stopped, silence follows the picture at this distance: it may come back at any moment. */
const SILENCE_BEHIND90K = 9_000;
/** A track that pauses for longer is not bridged with repeated frames and silence, but starts a new run. */
const MAX_PAUSE90K = 450_000;
/** What the sound's decoder, resampler and encoder keep inside. */
const AUDIO_INSIDE90K = 6 * AAC_FRAME90K;

/** Why a run cannot go on; the transcoder then starts another. */
export type RunFault = "keyframe_missing" | "paused" | "behind";

export interface RunEvents {
  /** At most once, and not after `finish` or `abort`. */
  fault(fault: RunFault): void;
  /** ffmpeg is gone and nothing more will come; the sink has not been told. */
  exited(exit: ChildExit): void;
}

/** One unbroken life of a stream's encoders: one ffmpeg, and the source beside it. */
export class TranscodeRun {
  readonly plan: LadderPlan | undefined;
  readonly renditions: readonly Rendition[];
  readonly startedMs: number;
  /** Up to here (presentation time) players have the best rendition. */
  delivered90k: number;
  speed: number | undefined;
  #state: "running" | "stopping" | "over" = "running";
  #produced = false;
  /** A source with neither sound nor room for a smaller rung needs no encoder. */
  readonly #process: FfmpegProcess | undefined;
  readonly #feed: InputFeed | undefined;
  readonly #source: SourceForwarder | undefined;
  readonly #sound: AudioLine | undefined;
  readonly #watch: GridWatch | undefined;
  readonly #lag: LagWatch;
  readonly #encoded90k: number[];
  readonly #readers: VideoReader[];
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
      readonly sink: MediaSink;
      readonly clock: Clock;
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
    const encoded = this.plan?.encoded ?? [];
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
        this.#outputTo(this.plan.source.name),
        shape.tracks.video.config,
        video.steady ? frame90k : undefined,
      );
      this.#watch = new GridWatch(grid, frame90k);
    }
    this.#encoded90k = encoded.map(() => grid.origin90k);
    this.#readers = encoded.map((rung, i) => {
      const out = this.#outputTo(rung.name, i);
      return new VideoReader(out, grid.origin90k, frameTicks(rung.frameRate));
    });
    this.#process = this.#spawn(encoded, frame90k);
    if (this.#process === undefined) return;
    this.#feed = new InputFeed(this.#process, shape.tracks, grid.origin90k);
    void this.#process.exited.then((exit) => {
      const asked = this.#state === "stopping";
      this.#state = "over";
      if (!asked) deps.events.exited(exit);
    });
  }

  /** Once, before `push`: what was held until the run's shape was settled goes in at full speed. */
  start(held: readonly Unit[]): void {
    // Their clocks are older than what the last of them knows.
    for (const unit of held) this.#take(unit);
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get produced(): boolean {
    return this.#produced;
  }

  get droppedUnits(): number {
    return this.#feed?.droppedUnits ?? 0;
  }

  /** The newest picture that has come in. */
  get newest90k(): number {
    return this.#videoIn90k ?? this.delivered90k;
  }

  /** Media time between what ffmpeg was given last and what its slowest rendition has given back. */
  get lagMs(): number {
    if (this.#videoIn90k === undefined || this.#encoded90k.length === 0) return 0;
    return Math.max(0, (this.#videoIn90k - Math.min(...this.#encoded90k)) / 90);
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
    await this.#process?.drain();
    this.#end();
  }

  /** What is inside is given up. */
  async abort(): Promise<void> {
    if (this.#state === "running") this.#state = "stopping";
    await this.#process?.abort();
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
    this.#videoIn90k = Math.max(this.#videoIn90k ?? unit.pts90k, unit.pts90k);
    if (this.#encoded90k.length > 0) this.#feed?.push(unit);
    this.#fillSilence(this.#videoIn90k);
    if (this.#lag.isBehind(this.deps.clock.monotonicMs(), this.lagMs)) this.#fault("behind");
  }

  #audio(unit: Unit): void {
    if (this.shape.audio !== "encoded" || this.#pauses(unit.pts90k, this.#audioIn90k)) return;
    // What lies wholly before the start would only be decoded to be thrown away.
    if (unit.pts90k < this.shape.grid.origin90k - 18_000) return;
    this.#audioIn90k = unit.pts90k;
    this.#feed?.push(unit);
  }

  #pauses(now90k: number, last90k: number | undefined): boolean {
    if (last90k === undefined || now90k - last90k <= MAX_PAUSE90K) return false;
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

  #packet(output: number, packet: PesPacket): void {
    this.#produced = true;
    const reader = this.#readers[output];
    if (reader !== undefined) {
      reader.read(packet);
      return;
    }
    let pts90k = this.shape.grid.origin90k + packet.pts90k;
    for (const frame of adtsFrames(packet.data)) {
      this.#sound?.push(pts90k, frame);
      pts90k += AAC_FRAME90K;
    }
  }

  #spawn(encoded: readonly EncodedRung[], frame90k: number): FfmpegProcess | undefined {
    const { settings, spawn } = this.deps;
    const audio = this.shape.audio === "encoded";
    const outputs = encoded.length + (audio ? 1 : 0);
    if (outputs === 0) return undefined;
    const args = ffmpegArguments({
      video: encoded,
      audio,
      grid: this.shape.grid,
      start90k: this.shape.grid.origin90k,
      frame90k,
      encoder: settings.encoder,
      latencyMode: settings.latencyMode,
      preset: settings.preset ?? "veryfast",
      threads: settings.threads ?? availableParallelism(),
    });
    const events = {
      packet: (output: number, packet: PesPacket): void => this.#packet(output, packet),
      progress: ({ speed }: Progress): void => {
        this.speed = speed;
      },
    };
    const path = settings.ffmpegPath;
    return new FfmpegProcess({ path, args, outputs, events, ...(spawn === undefined ? {} : { spawn }) });
  }

  #outputTo(name: string, encodedIndex?: number) {
    const { sink } = this.deps;
    const isBest =
      encodedIndex === undefined || (encodedIndex === 0 && this.shape.video?.passthrough !== true);
    return {
      configure: (config: Uint8Array): void => sink.configure(name, config),
      unit: (unit: RenditionUnit): void => {
        if (encodedIndex !== undefined) this.#encoded90k[encodedIndex] = unit.pts90k;
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

function planFor(
  shape: RunShape,
  held: readonly Unit[],
  deps: { readonly settings: TranscodeSettings; readonly without: ReadonlySet<string> },
): LadderPlan | undefined {
  if (shape.video === undefined) return undefined;
  const { width, height, frameRate, passthrough } = shape.video;
  return planLadder({ width, height, frameRate, bitrateBps: measuredBps(held) }, deps.settings.ladder, {
    passthrough,
    periodFrames: Math.round(shape.grid.period90k / frameTicks(frameRate)),
    without: deps.without,
  });
}

/** Of the video that is held: the source's bit rate as it begins. */
function measuredBps(held: readonly Unit[]): number {
  const video = held.filter((unit) => unit.kind === "video");
  const span90k = (video.at(-1)?.dts90k ?? 0) - (video[0]?.dts90k ?? 0);
  const bytes = video.reduce((sum, unit) => sum + unit.data.length, 0);
  return span90k < 9_000 ? 2_500_000 : Math.round((bytes * 8 * 90_000) / span90k);
}

function renditionsOf(shape: RunShape, plan: LadderPlan | undefined): readonly Rendition[] {
  const renditions: Rendition[] = [];
  if (plan?.source !== undefined) {
    const { name, shape: source } = plan.source;
    renditions.push({ kind: "video", name, ...source, passthrough: true });
  }
  for (const { frameStep: _, ...rung } of plan?.encoded ?? []) {
    renditions.push({ kind: "video", ...rung, passthrough: false });
  }
  if (shape.audio !== "none") renditions.push({ kind: "audio", ...AUDIO_RENDITION });
  return renditions;
}
