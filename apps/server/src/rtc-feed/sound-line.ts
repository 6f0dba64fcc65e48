import { opusUnits } from "@footlight/protocols/mpegts/opus-units.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { AudioTrack, Unit } from "../stream/unit.ts";
import { MediaChild } from "./media-child.ts";
import { Restarts } from "./restarts.ts";
import { SoundPacer } from "./sound-pacer.ts";

const SAMPLE_RATE = 48_000;
const FRAME_MS = 10;
export const OPUS_FRAME_SAMPLES = (SAMPLE_RATE * FRAME_MS) / 1_000;
const BITRATE_BPS = 128_000;
/** A hole of this length is left as it is: an encoder that filled it would send it all at once. */
const HOLE90K = 45_000;

export interface SoundLineOptions {
  readonly ffmpegPath: string;
  readonly track: AudioTrack;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `OPUS_FRAME_SAMPLES` of stereo. */
  readonly onOpus: (pts90k: number, opus: Uint8Array) => void;
}

/** One track of AAC → Opus. An encoder that dies is started anew; meanwhile there is silence. */
export class SoundLine {
  readonly #restarts = new Restarts();
  readonly #pacer: SoundPacer;
  #child: MediaChild | undefined;
  #closed = false;
  #last90k = 0;

  constructor(private readonly options: SoundLineOptions) {
    this.#pacer = new SoundPacer(options.clock);
  }

  push(unit: Unit): void {
    if (this.#closed) return;
    if (Math.abs(unit.pts90k - this.#last90k) > HOLE90K) this.#drop();
    this.#last90k = unit.pts90k;
    const child = this.#child ?? this.#start(unit.pts90k);
    // What would come late is of no use.
    if (child !== undefined && !child.isBlocked) child.push(unit);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#pacer.close();
    const child = this.#child;
    this.#child = undefined;
    await child?.stop();
  }

  #drop(): void {
    void this.#child?.stop();
    this.#child = undefined;
  }

  #start(start90k: number): MediaChild | undefined {
    const { ffmpegPath, track, clock, logger, onOpus } = this.options;
    if (!this.#restarts.mayStart(clock.monotonicMs())) return undefined;
    this.#restarts.started(clock.monotonicMs());
    const child = new MediaChild({
      path: ffmpegPath,
      track,
      start90k,
      decoder: ["-threads", "1"],
      encoder: OPUS,
      onPacket: ({ pts90k, data }) => {
        if (this.#child !== child) return;
        const frame90k = (OPUS_FRAME_SAMPLES * 90_000) / SAMPLE_RATE;
        for (const [i, opus] of opusUnits(data).entries()) {
          const at90k = pts90k + i * frame90k;
          this.#pacer.push(at90k, () => onOpus(at90k, opus));
        }
      },
    });
    void child.exited.then(({ code, signal, stderr }) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#restarts.died(clock.monotonicMs());
      logger.warn({ code, signal, stderr: stderr.slice(-500) }, "the Opus encoder ended and is started anew");
    });
    this.#child = child;
    return child;
  }
}

/**
 * The resampler keeps the samples on their timestamps although two clocks drift, so its own output has
 * no gaps. `lowdelay` leaves out the part of Opus that looks 4 ms further ahead.
 */
const OPUS: readonly string[] = [
  ...["-map", "0:a:0", "-af", `aresample=${SAMPLE_RATE}:async=500:min_comp=0.01`],
  ...["-c:a", "libopus", "-application", "lowdelay", "-frame_duration", String(FRAME_MS)],
  ...["-compression_level", "5", "-b:a", String(BITRATE_BPS), "-ar", String(SAMPLE_RATE), "-ac", "2"],
];
