import { availableParallelism } from "node:os";
import type { PesPacket } from "@footlight/protocols/mpegts/demuxer.ts";
import type { ChildExit, Spawn } from "../platform/child-process.ts";
import type { Unit } from "../stream/unit.ts";
import { ffmpegArguments } from "./ffmpeg-args.ts";
import { FfmpegProcess } from "./ffmpeg-process.ts";
import { frameTicks } from "./frame-rate.ts";
import { InputFeed } from "./input-feed.ts";
import type { EncodedRung } from "./ladder-plan.ts";
import { type ReaderOutput, VideoReader } from "./rendition-reader.ts";
import type { RunShape } from "./run-shape.ts";
import type { TranscodeSettings } from "./settings.ts";

export interface EncoderJob {
  readonly shape: RunShape;
  readonly settings: TranscodeSettings;
  /** Largest first. */
  readonly rungs: readonly EncodedRung[];
  /** The first frame that is given out, a frame of each rung: a grid point, or where the run begins. */
  readonly start90k: number;
  readonly outputOf: (rung: EncodedRung) => ReaderOutput;
  /** Packets of the sound, in ffmpeg's own time; none is encoded without. */
  readonly sound?: (packet: PesPacket) => void;
  readonly spawn?: Spawn;
}

/** One ffmpeg that makes some of a run's renditions: its arguments, its input, what comes out of its pipes. */
export class Encoder {
  /** Settles when it is gone and all that it wrote has been given out. */
  readonly exited: Promise<ChildExit>;
  /** ffmpeg's own measure: media seconds a second since it began. */
  speed: number | undefined;
  #produced = false;
  #newest90k: number | undefined;
  readonly #process: FfmpegProcess;
  readonly #feed: InputFeed;
  /** By rung, how far it has come. */
  readonly #encoded90k: number[];

  constructor(job: EncoderJob) {
    const { shape, settings, rungs, start90k, sound, spawn } = job;
    this.#encoded90k = rungs.map(() => start90k);
    const readers = rungs.map((rung, i) => {
      const out = job.outputOf(rung);
      return new VideoReader(this.#counted(i, out), start90k, frameTicks(rung.frameRate));
    });
    const args = ffmpegArguments({
      video: rungs,
      audio: sound !== undefined,
      grid: shape.grid,
      start90k,
      frame90k: shape.video === undefined ? 3000 : frameTicks(shape.video.frameRate),
      encoder: settings.encoder,
      latencyMode: settings.latencyMode,
      preset: settings.preset ?? "veryfast",
      threads: settings.threads ?? availableParallelism(),
    });
    this.#process = new FfmpegProcess({
      path: settings.ffmpegPath,
      args,
      outputs: rungs.length + (sound === undefined ? 0 : 1),
      events: {
        packet: (output, packet) => {
          this.#produced = true;
          const reader = readers[output];
          if (reader === undefined) sound?.(packet);
          else reader.read(packet);
        },
        progress: ({ speed }) => {
          this.speed = speed;
        },
      },
      ...(spawn === undefined ? {} : { spawn }),
    });
    this.exited = this.#process.exited;
    const { video, audio } = shape.tracks;
    const tracks = { ...shape.tracks, video, audio: sound === undefined ? undefined : audio };
    this.#feed = new InputFeed(this.#process, tracks, start90k);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** It has given out something: its arguments are not at fault. */
  get produced(): boolean {
    return this.#produced;
  }

  get droppedUnits(): number {
    return this.#feed.droppedUnits;
  }

  /** Media time between what it was given last and what its slowest rung has given back. */
  get lagMs(): number {
    if (this.#newest90k === undefined || this.#encoded90k.length === 0) return 0;
    return Math.max(0, (this.#newest90k - Math.min(...this.#encoded90k)) / 90);
  }

  push(unit: Unit): void {
    if (unit.kind === "video") {
      if (this.#encoded90k.length === 0) return;
      this.#newest90k = Math.max(this.#newest90k ?? unit.pts90k, unit.pts90k);
    }
    this.#feed.push(unit);
  }

  /** End of input: what is inside still comes out. */
  drain(): Promise<ChildExit> {
    return this.#process.drain();
  }

  abort(): Promise<ChildExit> {
    return this.#process.abort();
  }

  #counted(index: number, out: ReaderOutput): ReaderOutput {
    return {
      configure: (config) => out.configure(config),
      unit: (unit) => {
        this.#encoded90k[index] = unit.pts90k;
        out.unit(unit);
      },
    };
  }
}
