/**
 * RGBA → I420 (limited range), tightly packed: what ffmpeg's encoders take. BT.709 from 720 lines up and BT.601
 * below, as players assume where a stream does not say. Chroma is the mean of two by two pixels. Sizes are even.
 * Written over `out`, which has `i420Bytes` of them.
 */
export function rgbaToI420(
  rgba: Uint8ClampedArray,
  width: number,
  height: number,
  out = new Uint8Array(i420Bytes(width, height)),
): Uint8Array<ArrayBuffer> {
  const [yr, yg, yb, ur, ug, vg, vb] = height >= 720 ? BT709 : BT601;
  const uAt = width * height;
  const vAt = uAt + uAt / 4;
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height);
  let chroma = 0;
  for (let row = 0; row < height; row += 2) {
    const upper = row * width;
    const lower = upper + width;
    for (let column = 0; column < width; column += 2) {
      const a = pixels[upper + column] ?? 0;
      const b = pixels[upper + column + 1] ?? 0;
      const c = pixels[lower + column] ?? 0;
      const d = pixels[lower + column + 1] ?? 0;
      out[upper + column] = (yr * (a & 255) + yg * ((a >> 8) & 255) + yb * ((a >> 16) & 255) + Y_BIAS) >> 16;
      out[upper + column + 1] =
        (yr * (b & 255) + yg * ((b >> 8) & 255) + yb * ((b >> 16) & 255) + Y_BIAS) >> 16;
      out[lower + column] = (yr * (c & 255) + yg * ((c >> 8) & 255) + yb * ((c >> 16) & 255) + Y_BIAS) >> 16;
      out[lower + column + 1] =
        (yr * (d & 255) + yg * ((d >> 8) & 255) + yb * ((d >> 16) & 255) + Y_BIAS) >> 16;
      const red = (a & 255) + (b & 255) + (c & 255) + (d & 255);
      const green = ((a >> 8) & 255) + ((b >> 8) & 255) + ((c >> 8) & 255) + ((d >> 8) & 255);
      const blue = ((a >> 16) & 255) + ((b >> 16) & 255) + ((c >> 16) & 255) + ((d >> 16) & 255);
      out[uAt + chroma] = (ur * red + ug * green + HALF * blue + UV_BIAS) >> 18;
      out[vAt + chroma] = (HALF * red + vg * green + vb * blue + UV_BIAS) >> 18;
      chroma += 1;
    }
  }
  return out;
}

export const i420Bytes = (width: number, height: number): number => (width * height * 3) / 2;

/** 224/255 of half, in sixteen bits after the point. */
const HALF = 28_784;
/** Rounded, and lifted to 16 and to 128. */
const Y_BIAS = (16 << 16) + (1 << 15);
const UV_BIAS = (128 << 18) + (1 << 17);

/** Y from R, G, B; U from R, G (B is HALF); V from G, B (R is HALF). ITU-R BT.601-7 §2.5, BT.709-6 §3. */
type Matrix = readonly [number, number, number, number, number, number, number];
const BT601: Matrix = [16_829, 33_039, 6_416, -9_714, -19_070, -24_103, -4_681];
const BT709: Matrix = [11_966, 40_254, 4_064, -6_596, -22_188, -26_145, -2_639];
