/**
 * BGRA with colours multiplied by alpha, as Chromium paints windows, → RGBA as `ImageData` has it. Little-endian, as
 * every machine that Chromium runs on.
 */
export function straightRgba(pixels: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const count = pixels.length >> 2;
  const aligned = pixels.byteOffset % 4 === 0 ? pixels : pixels.slice();
  const from = new Uint32Array(aligned.buffer, aligned.byteOffset, count);
  const rgba = new Uint8ClampedArray(4 * count);
  const to = new Uint32Array(rgba.buffer);
  for (let i = 0; i < count; i++) {
    const bgra = from[i] ?? 0;
    const alpha = bgra >>> 24;
    if (alpha === 255) {
      to[i] = (bgra & 0xff00ff00) | ((bgra & 0xff) << 16) | ((bgra >>> 16) & 0xff);
    } else if (alpha !== 0) {
      const scale = 255 / alpha;
      const blue = Math.min(255, (bgra & 0xff) * scale + 0.5) | 0;
      const green = Math.min(255, ((bgra >>> 8) & 0xff) * scale + 0.5) | 0;
      const red = Math.min(255, ((bgra >>> 16) & 0xff) * scale + 0.5) | 0;
      to[i] = (alpha << 24) | (blue << 16) | (green << 8) | red;
    }
  }
  return rgba;
}
