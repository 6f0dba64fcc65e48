import type { PixelStage } from "./chroma-key.ts";

/** A `.cube` file's table: red runs fastest. */
export interface CubeLut {
  readonly side: number;
  readonly rgb: Float32Array;
}

const MAX_SIDE = 129;

/** Adobe's Cube LUT 1.0, three-dimensional tables; undefined for anything else. */
export function parseCube(text: string): CubeLut | undefined {
  let side = 0;
  let at = 0;
  let rgb = new Float32Array(0);
  for (const line of text.split("\n")) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "LUT_3D_SIZE") {
      side = Number(words[1]);
      if (!Number.isInteger(side) || side < 2 || side > MAX_SIDE) return undefined;
      rgb = new Float32Array(3 * side ** 3);
    } else if (/^[-+.\d]/.test(words[0] ?? "")) {
      if (words.length < 3 || at + 3 > rgb.length) return undefined;
      for (const word of words.slice(0, 3)) {
        rgb[at] = Number(word);
        at += 1;
      }
    }
  }
  return side > 0 && at === rgb.length && rgb.every(Number.isFinite) ? { side, rgb } : undefined;
}

/** Six bits a channel. */
const STEPS = 64;

/**
 * Kept as what each colour is moved by, not as what it becomes: looked up by six bits, the lower two of a picture
 * stay as they were, and smooth areas get no steps.
 */
export function lutStage(lut: CubeLut, amount: number): PixelStage {
  const moves = movesOf(lut, amount);
  return (rgba) => {
    for (let at = 0; at < rgba.length; at += 4) {
      const [r, g, b] = [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0];
      const move = 3 * (((b >> 2) * STEPS + (g >> 2)) * STEPS + (r >> 2));
      rgba[at] = r + (moves[move] ?? 0);
      rgba[at + 1] = g + (moves[move + 1] ?? 0);
      rgba[at + 2] = b + (moves[move + 2] ?? 0);
    }
  };
}

/** Trilinear, all steps at once, so that a filter that is switched on costs no frame. */
function movesOf({ side, rgb }: CubeLut, amount: number): Int16Array {
  const moves = new Int16Array(3 * STEPS ** 3);
  const low = new Int32Array(STEPS);
  const rest = new Float32Array(STEPS);
  for (let step = 0; step < STEPS; step += 1) {
    const at = (step / (STEPS - 1)) * (side - 1);
    low[step] = Math.min(side - 2, Math.floor(at));
    rest[step] = at - (low[step] ?? 0);
  }
  const [right, up, back] = [3, 3 * side, 3 * side * side];
  let out = 0;
  for (let b = 0; b < STEPS; b += 1) {
    for (let g = 0; g < STEPS; g += 1) {
      const row = (low[b] ?? 0) * back + (low[g] ?? 0) * up;
      const [y, z] = [rest[g] ?? 0, rest[b] ?? 0];
      for (let r = 0; r < STEPS; r += 1) {
        const x = rest[r] ?? 0;
        for (let channel = 0; channel < 3; channel += 1) {
          const at = row + (low[r] ?? 0) * right + channel;
          const near = mix(edge(rgb, at, right, x), edge(rgb, at + up, right, x), y);
          const far = mix(edge(rgb, at + back, right, x), edge(rgb, at + back + up, right, x), y);
          const from = (channel === 0 ? r : channel === 1 ? g : b) / (STEPS - 1);
          moves[out] = Math.round(255 * amount * (mix(near, far, z) - from));
          out += 1;
        }
      }
    }
  }
  return moves;
}

const mix = (from: number, to: number, part: number): number => from + part * (to - from);
const edge = (rgb: Float32Array, at: number, step: number, part: number): number =>
  mix(rgb[at] ?? 0, rgb[at + step] ?? 0, part);
