/** The two programs of the mixer on the sound's own thread. */
import { ChannelStrip } from "./dsp/channel-strip.ts";
import { LevelMeter } from "./dsp/loudness.ts";
import {
  BLOCK_SAMPLES,
  type FromCollector,
  type ToCollector,
  type ToStrip,
  TRACKS,
} from "./worklet-messages.ts";

class StripProcessor extends AudioWorkletProcessor {
  readonly #strip: ChannelStrip;
  #ended = false;

  constructor(options: AudioWorkletNodeOptions) {
    super();
    this.#strip = new ChannelStrip(options.processorOptions?.rnnoise);
    this.port.onmessage = ({ data }: MessageEvent<ToStrip>) => {
      if ("end" in data) this.#ended = true;
      else this.#strip.set(data.settings);
    };
  }

  process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
    const [left, right] = output ?? [];
    if (left === undefined || right === undefined) return !this.#ended;
    const [from] = input ?? [];
    // A source without a device has no channels at all.
    if (from !== undefined) left.set(from);
    if (from !== undefined) right.set(input?.[1] ?? from);
    const level = this.#strip.process(left, right);
    if (level !== undefined) this.port.postMessage(level);
    return !this.#ended;
  }
}

class CollectorProcessor extends AudioWorkletProcessor {
  readonly #blocks = Array.from({ length: TRACKS }, () => new Float32Array(2 * BLOCK_SAMPLES));
  readonly #meter = new LevelMeter();
  readonly #silence = new Float32Array(128);
  #tracks: readonly number[] = [];
  #at = 0;
  #ended = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ToCollector>) => {
      if ("end" in data) this.#ended = true;
      else this.#tracks = data.tracks;
    };
  }

  process(inputs: Float32Array[][]): boolean {
    const [programme] = inputs;
    const level = this.#meter.measure(
      programme?.[0] ?? this.#silence,
      programme?.[1] ?? programme?.[0] ?? this.#silence,
    );
    if (level !== undefined) this.#post({ level });
    inputs.forEach((input, track) => {
      const block = this.#blocks[track];
      const left = input[0] ?? this.#silence;
      const right = input[1] ?? left;
      if (block === undefined) return;
      for (let i = 0; i < left.length; i += 1) {
        block[2 * (this.#at + i)] = left[i] ?? 0;
        block[2 * (this.#at + i) + 1] = right[i] ?? 0;
      }
    });
    this.#at += this.#silence.length;
    if (this.#at === BLOCK_SAMPLES) this.#put();
    return !this.#ended;
  }

  #put(): void {
    this.#at = 0;
    const blocks = this.#tracks.flatMap((track) => {
      const samples = this.#blocks[track - 1]?.slice();
      return samples === undefined ? [] : [{ track, samples }];
    });
    if (blocks.length === 0) return;
    const frame = currentFrame + this.#silence.length - BLOCK_SAMPLES;
    this.#post(
      { frame, blocks },
      blocks.map(({ samples }) => samples.buffer),
    );
  }

  #post(message: FromCollector, transfer: Transferable[] = []): void {
    this.port.postMessage(message, transfer);
  }
}

registerProcessor("channel-strip", StripProcessor);
registerProcessor("collector", CollectorProcessor);
