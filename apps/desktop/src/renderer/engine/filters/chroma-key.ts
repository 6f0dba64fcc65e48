import type { Filter } from "../../../model/document.ts";

/** A pixel stage: changes RGBA in place. */
export type PixelStage = (rgba: Uint8ClampedArray) => void;

const SIDE = 128;

const cbOf = (r: number, g: number, b: number): number => (-43 * r - 85 * g + 128 * b + 32_768) >> 8;
const crOf = (r: number, g: number, b: number): number => (128 * r - 107 * g - 21 * b + 32_768) >> 8;

/** Makes see-through what has nearly the key's colour, however bright: by its distance in Cb and Cr. */
export function chromaKey({
  colour,
  similarity,
  smoothness,
}: Extract<Filter, { kind: "chroma-key" }>): PixelStage {
  const key = Number.parseInt(colour.slice(1, 7), 16);
  const [red, green, blue] = [key >> 16, (key >> 8) & 255, key & 255];
  const [keyCb, keyCr] = [cbOf(red, green, blue), crOf(red, green, blue)];
  const table = new Uint16Array(SIDE * SIDE);
  for (let cb = 0; cb < SIDE; cb += 1) {
    for (let cr = 0; cr < SIDE; cr += 1) {
      const distance = Math.hypot(2 * cb + 1 - keyCb, 2 * cr + 1 - keyCr) / 255;
      const kept = (distance - similarity) / Math.max(smoothness, 0.004);
      table[cb * SIDE + cr] = Math.round(256 * Math.min(1, Math.max(0, kept)));
    }
  }
  return (rgba) => {
    for (let at = 0; at < rgba.length; at += 4) {
      const [r, g, b] = [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0];
      const kept = table[(cbOf(r, g, b) >> 1) * SIDE + (crOf(r, g, b) >> 1)] ?? 256;
      if (kept < 256) rgba[at + 3] = ((rgba[at + 3] ?? 0) * kept) >> 8;
    }
  };
}
