import type { SoundUnit } from "./unit.ts";

/** RNNoise's frame: 10 ms at 48 kHz. */
const FRAME = 480;
/** It was trained on 16-bit numbers. */
const SCALE = 32_768;

/** What @jitsi/rnnoise-wasm 0.2.1 exports, whose names its build shortened. */
interface RnnoiseExports {
  readonly c: WebAssembly.Memory;
  /** Static constructors. */
  d(): void;
  /** rnnoise_create(model) */
  f(model: number): number;
  /** malloc(bytes) */
  g(bytes: number): number;
  /** rnnoise_process_frame(state, out, in) → how likely somebody speaks */
  j(state: number, out: number, input: number): number;
}

/** Takes noise away from speech; the result is one channel, on both sides, and late by 10 ms. */
export class NoiseSuppressor implements SoundUnit {
  readonly #rnnoise: RnnoiseExports;
  readonly #state: number;
  readonly #frameAt: number;
  readonly #input = new Float32Array(FRAME);
  readonly #output = new Float32Array(FRAME);
  #at = 0;

  constructor(program: WebAssembly.Module) {
    const { exports } = new WebAssembly.Instance(program, {
      a: {
        // Its memory is enough for one state, and is never enlarged.
        a: () => 0,
        b: (to: number, from: number, bytes: number) => {
          new Uint8Array(this.#rnnoise.c.buffer).copyWithin(to, from, from + bytes);
        },
      },
    });
    this.#rnnoise = exports as unknown as RnnoiseExports;
    this.#rnnoise.d();
    this.#state = this.#rnnoise.f(0);
    this.#frameAt = this.#rnnoise.g(4 * FRAME);
  }

  process(left: Float32Array, right: Float32Array): void {
    for (let i = 0; i < left.length; i += 1) {
      this.#input[this.#at] = ((left[i] ?? 0) + (right[i] ?? 0)) * (SCALE / 2);
      const out = (this.#output[this.#at] ?? 0) / SCALE;
      left[i] = out;
      right[i] = out;
      this.#at += 1;
      if (this.#at === FRAME) this.#frame();
    }
  }

  #frame(): void {
    this.#at = 0;
    const frame = new Float32Array(this.#rnnoise.c.buffer, this.#frameAt, FRAME);
    frame.set(this.#input);
    this.#rnnoise.j(this.#state, this.#frameAt, this.#frameAt);
    this.#output.set(frame);
  }
}
