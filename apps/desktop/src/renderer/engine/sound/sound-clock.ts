const RATE = 48_000;
/** Blocks are put together by so many: half a second. */
const GROUP_BLOCKS = 50;
/** A block arrives at its time or later, never earlier: the earliest of eight seconds tells when that was. */
const GROUPS = 16;
/** Beyond this, 40 ms, the sound is not drifting but was interrupted (sleep, a stalled device, a busy machine). */
const JUMP_SAMPLES = RATE / 25;
/** Half a millisecond is let be. */
const TOLERANCE_SAMPLES = 24;
/** A sample a block of 10 ms makes good for twenty times what two quartzes differ; for more error there are more. */
const SAMPLES_A_SLIP = 240;

/** What becomes of one block of sound so that sound and picture stay on one clock. */
export interface Placed {
  /** Silence that stands before it. */
  readonly gapSamples: number;
  /** So many samples it gains, or loses. */
  readonly slip: number;
  readonly drop: boolean;
}

/**
 * Puts blocks of the sound card's clock (AudioContext frames) on the media clock (system time since the epoch).
 * Two quartzes differ by up to 100 ppm, 360 ms an hour, so single samples are slipped in or out; the sound that
 * goes out has no hole and no overlap, as encoders want it.
 */
export class SoundClock {
  /** The earliest offset of each group, the one that fills up last. */
  readonly #earliest: number[] = [];
  #inGroup = GROUP_BLOCKS;
  #next: number | undefined;

  /** Samples since the epoch at which the next block will stand. */
  get nextSample(): number {
    return this.#next ?? 0;
  }

  /** `contextFrame` of the block's first sample; `elapsedMs` of the media clock when the block arrived. */
  place(contextFrame: number, samples: number, elapsedMs: number): Placed {
    const offset = (elapsedMs * RATE) / 1_000 - (contextFrame + samples);
    const wanted = contextFrame + this.#note(offset);
    this.#next ??= Math.max(0, Math.round(wanted));
    const late = wanted - this.#next;
    if (late < -JUMP_SAMPLES) return { gapSamples: 0, slip: 0, drop: true };
    const gapSamples = late > JUMP_SAMPLES ? Math.round(late) : 0;
    const drifts = gapSamples === 0 && Math.abs(late) > TOLERANCE_SAMPLES;
    const slip = drifts ? Math.sign(late) * Math.ceil(Math.abs(late) / SAMPLES_A_SLIP) : 0;
    this.#next += gapSamples + samples + slip;
    return { gapSamples, slip, drop: false };
  }

  /** The earliest offset that is still true. */
  #note(offset: number): number {
    if (this.#inGroup === GROUP_BLOCKS) {
      const whole = this.#earliest.at(-1);
      // A whole group without an early block: the time before an interruption tells nothing any more.
      if (whole !== undefined && whole - Math.min(...this.#earliest) > JUMP_SAMPLES)
        this.#earliest.splice(0, this.#earliest.length - 1);
      this.#earliest.push(offset);
      if (this.#earliest.length > GROUPS) this.#earliest.shift();
      this.#inGroup = 0;
    }
    this.#inGroup += 1;
    const last = this.#earliest.length - 1;
    this.#earliest[last] = Math.min(offset, this.#earliest[last] ?? offset);
    return Math.min(...this.#earliest);
  }
}

/** Interleaved stereo of a few samples more or less, by stretching the whole block. */
export function stretch(samples: Float32Array, slip: number): Float32Array {
  if (slip === 0) return samples;
  const before = samples.length / 2;
  const after = before + slip;
  const out = new Float32Array(after * 2);
  const step = (before - 1) / (after - 1);
  for (let i = 0; i < after; i += 1) {
    const at = Math.min(before - 1, Math.floor(i * step));
    const rest = i * step - at;
    const next = Math.min(before - 1, at + 1);
    for (const side of [0, 1]) {
      const here = samples[2 * at + side] ?? 0;
      out[2 * i + side] = here + rest * ((samples[2 * next + side] ?? 0) - here);
    }
  }
  return out;
}
