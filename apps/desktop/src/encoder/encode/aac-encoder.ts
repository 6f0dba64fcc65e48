import { splitAdts } from "@footlight/protocols/aac/adts.ts";
import { AAC_FRAME_SAMPLES } from "@footlight/protocols/aac/audio-config.ts";
import { matroskaFrameHeader } from "@footlight/protocols/matroska/live-muxer.ts";
import { rawSoundHeader } from "@footlight/protocols/matroska/raw-media.ts";
import { FfmpegProcess } from "../ffmpeg/ffmpeg-process.ts";
import type { SoundUnit } from "../units.ts";

export const SAMPLE_RATE = 48_000;
const CHANNELS = 2;
/** Less is the blocks' own rounding. */
const TOLERANCE_US = 5_000;
/** A longer gap is not filled with silence: time jumps. */
const MAX_SILENCE_US = 2_000_000;
/** ffmpeg's encoder gives out one frame before the first sample that went in. */
const PRIMING_FRAMES = 1;
/** Doubled by each ffmpeg that gave nothing. */
const RESTART_PAUSE_MS = 500;
const MAX_DOUBLINGS = 5;
/** One that dies may be chance. */
const HOPELESS_FAILURES = 2;
/** What ffmpeg does not take: five seconds. */
const MAX_UNREAD_BYTES = 5 * SAMPLE_RATE * CHANNELS * 4;

export interface AacEncoderOptions {
  /** The ffmpeg to run. */
  readonly path: string;
  readonly track: number;
  readonly bitrateBps: number;
  readonly onUnit: (unit: SoundUnit) => void;
  readonly onFault: (cause: string) => void;
  /** With its first frame, and after several tries without one. */
  readonly onWorks: (works: boolean) => void;
}

interface Anchor {
  readonly sample: number;
  readonly ptsUs: number;
}

/**
 * AAC of one track at one bitrate, by an ffmpeg of its own. Samples are counted, so that each frame's time is right to
 * the sample: small gaps are filled with silence, overlaps cut, and priming is taken off.
 */
export class AacEncoder {
  readonly #options: AacEncoderOptions;
  #process: FfmpegProcess | undefined;
  /** Where the media time of samples is known, oldest first; between two it is counted. */
  #anchors: Anchor[] = [];
  #samplesIn = 0;
  #framesOut = 0;
  #rest: Uint8Array = new Uint8Array();
  #notBeforeMs = 0;
  #failures = 0;
  #closed = false;

  constructor(options: AacEncoderOptions) {
    this.#options = options;
  }

  /** @param samples interleaved */
  push(ptsUs: number, samples: Float32Array): void {
    const process = this.#process ?? this.#begin();
    if (process === undefined) return;
    if (process.unreadBytes > MAX_UNREAD_BYTES) {
      // It hangs; another one is started when it is gone.
      process.kill("SIGKILL");
      return;
    }
    const last = this.#anchors.at(-1);
    const offUs = last === undefined ? 0 : ptsUs - this.#timeOf(last, this.#samplesIn);
    if (last === undefined || Math.abs(offUs) > MAX_SILENCE_US) {
      this.#anchors.push({ sample: this.#samplesIn, ptsUs });
      this.#write(process, samples);
    } else if (offUs > TOLERANCE_US) {
      this.#write(process, new Float32Array(samplesIn(offUs) * CHANNELS));
      this.#write(process, samples);
    } else if (offUs < -TOLERANCE_US) this.#write(process, samples.subarray(samplesIn(-offUs) * CHANNELS));
    else this.#write(process, samples);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#process?.end();
  }

  #begin(): FfmpegProcess | undefined {
    if (this.#closed || performance.now() < this.#notBeforeMs) return undefined;
    const args = ["-probesize", "32", "-analyzeduration", "0", "-f", "matroska", "-i", "pipe:0"];
    args.push("-vn", "-c:a", "aac", "-b:a", String(this.#options.bitrateBps));
    args.push("-flush_packets", "1", "-f", "adts", "pipe:1");
    const process = new FfmpegProcess(this.#options.path, args, (data) => this.#onData(data));
    process.write(rawSoundHeader({ sampleRate: SAMPLE_RATE, channels: CHANNELS }));
    this.#process = process;
    this.#anchors = [];
    this.#samplesIn = 0;
    this.#framesOut = 0;
    this.#rest = new Uint8Array();
    void process.exited.then(({ words }) => {
      this.#process = undefined;
      const doublings = Math.min(this.#failures, MAX_DOUBLINGS);
      this.#notBeforeMs = performance.now() + RESTART_PAUSE_MS * 2 ** doublings;
      this.#failures += 1;
      if (!this.#closed && this.#failures === HOPELESS_FAILURES) this.#options.onWorks(false);
      if (!this.#closed) this.#options.onFault(words.split("\n").at(-1) ?? "");
    });
    return process;
  }

  #write(process: FfmpegProcess, samples: Float32Array): void {
    if (samples.length === 0) return;
    const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
    const timeUs = Math.round((this.#samplesIn * 1e6) / SAMPLE_RATE);
    process.write(matroskaFrameHeader(1, timeUs, true, bytes.byteLength));
    process.write(bytes);
    this.#samplesIn += samples.length / CHANNELS;
  }

  #onData(data: Buffer): void {
    const { config, frames, rest } = splitAdts(
      this.#rest.byteLength === 0 ? data : Buffer.concat([this.#rest, data]),
    );
    this.#rest = rest;
    if (frames.length > 0) {
      if (this.#framesOut === 0) this.#options.onWorks(true);
      this.#failures = 0;
    }
    for (const frame of frames) {
      const index = this.#framesOut++ - PRIMING_FRAMES;
      if (index < 0 || config === undefined) continue;
      const sample = index * AAC_FRAME_SAMPLES;
      const ptsUs = this.#timeAt(sample);
      this.#options.onUnit({ kind: "sound", track: this.#options.track, ptsUs, data: frame, config });
    }
  }

  #timeAt(sample: number): number {
    while ((this.#anchors[1]?.sample ?? Number.POSITIVE_INFINITY) <= sample) this.#anchors.shift();
    const anchor = this.#anchors[0];
    return anchor === undefined ? 0 : this.#timeOf(anchor, sample);
  }

  #timeOf(anchor: Anchor, sample: number): number {
    return Math.round(anchor.ptsUs + ((sample - anchor.sample) * 1e6) / SAMPLE_RATE);
  }
}

const samplesIn = (us: number): number => Math.round((us * SAMPLE_RATE) / 1e6);
