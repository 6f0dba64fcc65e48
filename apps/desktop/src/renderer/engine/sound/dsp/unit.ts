export const SAMPLE_RATE = 48_000;

/** One stage of a source's chain; changes the block in place, sample by sample, without allocating. */
export interface SoundUnit {
  process(left: Float32Array, right: Float32Array): void;
}

export const fromDb = (db: number): number => (db <= -96 ? 0 : 10 ** (db / 20));
export const toDb = (amplitude: number): number => Math.max(-96, 20 * Math.log10(amplitude));

/** How much of a one-pole smoother is kept a sample, to go 63 % of the way within the time. */
export const smoothing = (ms: number): number => (ms <= 0 ? 0 : Math.exp(-1_000 / (ms * SAMPLE_RATE)));
