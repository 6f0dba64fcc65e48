import type { StripSettings } from "./dsp/channel-strip.ts";
import type { Level } from "./dsp/loudness.ts";

export const TRACKS = 6;
/** 10.7 ms: four quanta, and half a frame of AAC. */
export const BLOCK_SAMPLES = 512;

export type ToStrip = { readonly settings: StripSettings } | { readonly end: true };

export type ToCollector = { readonly tracks: readonly number[] } | { readonly end: true };
export type FromCollector =
  | { readonly level: Level }
  | {
      /** Of the block's first sample, on the AudioContext's clock. */
      readonly frame: number;
      /** Interleaved. */
      readonly blocks: readonly { readonly track: number; readonly samples: Float32Array<ArrayBuffer> }[];
    };
