import {
  AUDIO_TRACK,
  matroskaFrameHeader,
  matroskaHeader,
  VIDEO_TRACK,
} from "@footlight/protocols/matroska/live-muxer.ts";
import { type PesPacket, TsDemuxer, TsError } from "@footlight/protocols/mpegts/demuxer.ts";
import { type ChildExit, ChildProcess, type Spawn } from "../platform/child-process.ts";
import type { AudioTrack, Unit, VideoTrack } from "../stream/unit.ts";

/** What ffmpeg has not taken from its pipe yet; a second of a heavy stream. */
const MAX_BACKLOG_BYTES = 2 * 1024 * 1024;
/** Nobody misses what is still inside. */
const STOP = { eofMs: 500, termMs: 1_000 };
const OUTPUT_FD = 3;

/**
 * Time on the way in is shifted by this, and back by `-itsoffset`: Matroska has no time before zero, and
 * what is only decoded, not shown, lies there.
 */
const LEAD_US = 100_000_000;

export interface MediaChildOptions {
  readonly path: string;
  readonly track: VideoTrack | AudioTrack;
  /** ffmpeg's options for the decoder, and those between input and output. */
  readonly decoder: readonly string[];
  readonly encoder: readonly string[];
  /** ffmpeg's time 0 on the stream's timeline. */
  readonly start90k: number;
  /** With times on the stream's timeline. */
  readonly onPacket: (packet: PesPacket) => void;
  readonly spawn?: Spawn;
}

/**
 * One spawn of ffmpeg for one track of a stream, in as Matroska with a known header, so that nothing is
 * probed, and out as MPEG-TS, whose times are exact and whose packets never wait for the next one
 * (an Opus packet: 0.6 ms after the AAC frame that completes it). Dies once.
 */
export class MediaChild {
  /** Settles when it is gone and all that it wrote has been given out. */
  readonly exited: Promise<ChildExit>;
  readonly #child: ChildProcess;
  readonly #start90k: number;

  constructor(options: MediaChildOptions) {
    const { path, track, start90k, onPacket, spawn } = options;
    this.#start90k = start90k;
    this.#child = new ChildProcess(path, childArguments(options), {
      pipes: 1,
      ...(spawn === undefined ? {} : { spawn }),
    });
    const demuxer = new TsDemuxer((packet) =>
      onPacket({ ...packet, pts90k: packet.pts90k + start90k, dts90k: packet.dts90k + start90k }),
    );
    this.#child.pipes[0]?.on("data", (chunk: Buffer) => this.#guard(() => demuxer.push(chunk)));
    this.exited = this.#child.exited;
    this.#child.stdin.write(
      matroskaHeader({
        video: track.kind === "video" ? track : undefined,
        audio: track.kind === "audio" ? track : undefined,
      }),
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Nothing more should be pushed until it has taken what it has. */
  get isBlocked(): boolean {
    return this.#child.stdin.writableLength > MAX_BACKLOG_BYTES;
  }

  /** Never waits; the caller asks `isBlocked` first. */
  push(unit: Unit): void {
    const { stdin } = this.#child;
    const timeUs = Math.round(((unit.pts90k - this.#start90k) * 100) / 9) + LEAD_US;
    if (timeUs < 0 || !stdin.writable) return;
    const track = unit.kind === "video" ? VIDEO_TRACK : AUDIO_TRACK;
    stdin.cork();
    stdin.write(matroskaFrameHeader(track, timeUs, unit.keyframe, unit.data.length));
    stdin.write(unit.data);
    stdin.uncork();
  }

  /** Resolves when it is gone. Idempotent. */
  async stop(): Promise<void> {
    await this.#child.stop(STOP);
  }

  /** Output that cannot be read has no future. */
  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof TsError)) throw error;
      this.#child.kill("SIGKILL");
    }
  }
}

function childArguments({ decoder, encoder }: MediaChildOptions): string[] {
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-copyts"],
    ...["-probesize", "32", "-analyzeduration", "0", ...decoder],
    ...["-itsoffset", String(-LEAD_US / 1_000_000), "-f", "matroska", "-i", "pipe:0"],
    ...encoder,
    // Absolute time, each packet at once.
    ...["-f", "mpegts", "-muxdelay", "0", "-muxpreload", "0", "-avoid_negative_ts", "disabled"],
    ...["-flush_packets", "1", "-pes_payload_size", "0", `pipe:${OUTPUT_FD}`],
  ];
}
