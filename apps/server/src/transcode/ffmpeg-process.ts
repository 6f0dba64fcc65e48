import { type PesPacket, TsDemuxer, TsError } from "@footlight/protocols/mpegts/demuxer.ts";
import { type ChildExit, ChildProcess, type Spawn } from "../platform/child-process.ts";
import { FIRST_RENDITION_FD, PROGRESS_FD } from "./ffmpeg-args.ts";
import { type Progress, ProgressParser } from "./progress.ts";

/** Behind a blocked stdin so much may wait in our memory. */
const MAX_BACKLOG_BYTES = 16 * 1024 * 1024;
/** ffmpeg flushes its encoders at the end of file; what is still at work then is stuck. */
const DRAIN = { eofMs: 3_000, termMs: 1_000 };
const ABORT = { eofMs: 0, termMs: 1_000 };

export interface FfmpegEvents {
  /** An access unit of the output's pipe, in its order; `output` counts the renditions from 0. */
  packet(output: number, packet: PesPacket): void;
  progress(progress: Progress): void;
}

/** One spawn of ffmpeg for one run: fed on stdin, each rendition read from a pipe of its own. Dies once. */
export class FfmpegProcess {
  /** Settles when it is gone and all that it wrote has been given out. */
  readonly exited: Promise<ChildExit>;
  readonly #child: ChildProcess;

  constructor(options: {
    readonly path: string;
    readonly args: readonly string[];
    readonly outputs: number;
    readonly events: FfmpegEvents;
    readonly spawn?: Spawn;
  }) {
    const { path, args, outputs, events, spawn } = options;
    const pipes = FIRST_RENDITION_FD - PROGRESS_FD + outputs;
    this.#child = new ChildProcess(path, args, { pipes, ...(spawn === undefined ? {} : { spawn }) });
    const [progress, ...renditions] = this.#child.pipes;
    const parser = new ProgressParser((block) => events.progress(block));
    progress?.setEncoding("utf8").on("data", (text: string) => parser.push(text));
    renditions.forEach((pipe, output) => {
      const demuxer = new TsDemuxer((packet) => events.packet(output, packet));
      pipe.on("data", (chunk: Buffer) => this.#guard(() => demuxer.push(chunk)));
      pipe.on("end", () => this.#guard(() => demuxer.flush()));
    });
    this.exited = this.#child.exited;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stderr(): string {
    return this.#child.stderr;
  }

  /** No more input should be given until the backlog has melted. */
  get isBlocked(): boolean {
    return this.#child.stdin.writableLength > MAX_BACKLOG_BYTES;
  }

  /** Never waits; the caller asks `isBlocked` first. The bytes must not change afterwards. */
  write(...parts: readonly Uint8Array[]): void {
    if (!this.#child.stdin.writable) return;
    this.#child.stdin.cork();
    for (const part of parts) this.#child.stdin.write(part);
    this.#child.stdin.uncork();
  }

  /** End of input: what is inside still comes out. */
  drain(): Promise<ChildExit> {
    return this.#child.stop(DRAIN);
  }

  abort(): Promise<ChildExit> {
    return this.#child.stop(ABORT);
  }

  /** Output that is no transport stream has no future: the run ends and another is tried. */
  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof TsError)) throw error;
      this.#child.kill("SIGKILL");
    }
  }
}
