import { matroskaFrameHeader, matroskaSoundsHeader } from "@footlight/protocols/matroska/live-muxer.ts";
import { type PesPacket, TsDemuxer, TsError } from "@footlight/protocols/mpegts/demuxer.ts";
import { opusUnits } from "@footlight/protocols/mpegts/opus-units.ts";
import { OPUS_RATE } from "@footlight/protocols/opus/opus.ts";
import { type ChildExit, ChildProcess, type Spawn } from "../../platform/child-process.ts";
import { OPUS_TRACK } from "../opus-track.ts";
import type { Piece } from "./voices.ts";

export const MIX_FRAME90K = 1_800;
const BITRATE_BPS = 96_000;
const OUTPUT_FD = 3;
const STOP = { eofMs: 300, termMs: 1_000 };
/** Seconds of all voices; who leaves so much unread is stuck. */
const MAX_BACKLOG_BYTES = 512 * 1024;
/** An encoder's delay puts the first packet before its input, and Matroska has no time before zero. */
const LEAD_US = 1_000_000;
const LEAD90K = 90_000;

export interface MixerOptions {
  readonly ffmpegPath: string;
  readonly places: number;
  /** 20 ms of the mix; ticks since sample 0. */
  readonly onOpus: (pts90k: number, opus: Uint8Array) => void;
  readonly spawn?: Spawn;
}

/** One spawn that makes one sound of several: Opus in, Opus out. Dies once. */
export class Mixer {
  readonly exited: Promise<ChildExit>;
  readonly #child: ChildProcess;

  constructor({ ffmpegPath, places, onOpus, spawn }: MixerOptions) {
    this.#child = new ChildProcess(ffmpegPath, mixArguments(places), {
      pipes: 1,
      ...(spawn === undefined ? {} : { spawn }),
    });
    this.exited = this.#child.exited;
    const demuxer = new TsDemuxer(({ pts90k, data }: PesPacket) => {
      for (const [index, opus] of opusUnits(data).entries()) {
        onOpus(pts90k - LEAD90K + index * MIX_FRAME90K, opus);
      }
    });
    this.#child.pipes[0]?.on("data", (chunk: Buffer) => {
      try {
        demuxer.push(chunk);
      } catch (error) {
        if (!(error instanceof TsError)) throw error;
        this.#child.kill("SIGKILL");
      }
    });
    this.#child.stdin.write(matroskaSoundsHeader(Array.from({ length: places }, () => OPUS_TRACK)));
  }

  /** Never waits. */
  push(pieces: readonly Piece[]): void {
    const { stdin } = this.#child;
    if (!stdin.writable) return;
    if (stdin.writableLength > MAX_BACKLOG_BYTES) {
      this.#child.kill("SIGKILL");
      return;
    }
    stdin.cork();
    for (const { place, atSample, opus } of pieces) {
      const timeUs = Math.round((atSample * 1_000_000) / OPUS_RATE) + LEAD_US;
      stdin.write(matroskaFrameHeader(place + 1, timeUs, true, opus.length));
      stdin.write(opus);
    }
    stdin.uncork();
  }

  async stop(): Promise<void> {
    await this.#child.stop(STOP);
  }
}

function mixArguments(places: number): string[] {
  const inputs = Array.from({ length: places }, (_, index) => `[0:${index}]`).join("");
  // The mixer divides by the number of its inputs, which is not how loud people are together.
  const graph =
    `${inputs}amix=inputs=${places}:dropout_transition=0,volume=${places},` +
    "alimiter=limit=0.9:level=0,aformat=sample_rates=48000:channel_layouts=stereo[mix]";
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-copyts"],
    ...["-probesize", "32", "-analyzeduration", "0", "-threads", "1", "-f", "matroska", "-i", "pipe:0"],
    ...["-filter_complex_threads", "1", "-filter_complex", graph, "-map", "[mix]"],
    ...["-c:a", "libopus", "-application", "audio", "-frame_duration", "20", "-b:a", String(BITRATE_BPS)],
    ...["-f", "mpegts", "-muxdelay", "0", "-muxpreload", "0", "-avoid_negative_ts", "disabled"],
    ...["-flush_packets", "1", "-pes_payload_size", "0", `pipe:${OUTPUT_FD}`],
  ];
}
