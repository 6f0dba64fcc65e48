import { clearCanvas, opaqueCanvas, type Size } from "./picture-source.ts";

const OPAQUE: ReadonlySet<string | null> = new Set(["I420", "I422", "I444", "NV12", "RGBX", "BGRX"]);
/** What a turned film is told by. */
const THUMB: Size = { width: 16, height: 16 };
/** Mean difference of a colour's 256 steps that rounding and smoothing do not make. */
const ALIKE = 12;

/**
 * Films, cameras and guests as pixels in memory, for Canvas 2D without a GPU: it would convert each frame into a store
 * of its own that keeps the last 450 MB of them.
 */
export class FramePixels {
  #context: OffscreenCanvasRenderingContext2D | undefined;
  #image: ImageData | undefined;
  #version = Number.NaN;
  /** Whether a frame's pixels are what is to be seen: of a film that says to be turned round they are not. */
  #upright: boolean | undefined;
  #frames = 0;

  /** The picture that stands for `picture`, which is of `version`; itself where there is nothing to be gained. */
  of(picture: CanvasImageSource, version: number, size: Size): CanvasImageSource {
    if (!(picture instanceof VideoFrame) && !(picture instanceof HTMLVideoElement)) return picture;
    if (this.#upright === false) return picture;
    if (version === this.#version && this.#context !== undefined) return this.#context.canvas;
    const frame = frameOf(picture);
    if (frame === undefined) return picture;
    const done = this.#convert(frame, size);
    if (frame !== picture) frame.close();
    if (!done || this.#context === undefined) return picture;
    this.#version = version;
    this.#frames += 1;
    // Most first frames tell; ever rarer where none does.
    const look = this.#upright === undefined && Number.isInteger(Math.log2(this.#frames));
    if (look) this.#upright = isUpright(picture, this.#context.canvas);
    return this.#upright === false ? picture : this.#context.canvas;
  }

  #convert(frame: VideoFrame, { width, height }: Size): boolean {
    const { visibleRect, format } = frame;
    // Pixels that are not square, or a film turned by a quarter.
    if (visibleRect?.width !== width || visibleRect.height !== height || !OPAQUE.has(format)) return false;
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.#image = new ImageData(width, height);
      this.#context = opaqueCanvas({ width, height });
    }
    const { data } = this.#image;
    data[data.length - 1] = 0;
    frame.copyTo(data, RGBA).catch(() => undefined);
    // Chromium writes before it answers; one that does not has left the last pixel see-through.
    if (data[data.length - 1] !== 255) return false;
    this.#context?.putImageData(this.#image, 0, 0);
    return true;
  }
}

/** Newer than TypeScript's own types. */
const RGBA = { format: "RGBA" } as VideoFrameCopyToOptions;

function frameOf(picture: VideoFrame | HTMLVideoElement): VideoFrame | undefined {
  if (picture instanceof VideoFrame) return picture;
  try {
    return new VideoFrame(picture, { timestamp: 0 });
  } catch {
    return undefined;
  }
}

/** Undefined as long as the picture would look the same if it were turned round. */
function isUpright(picture: CanvasImageSource, pixels: OffscreenCanvas): boolean | undefined {
  if (picture instanceof VideoFrame) return true;
  const seen = thumb(picture);
  const turned = Uint8ClampedArray.from(seen, (_, at) => {
    const last = seen.length - 4 - (at - (at % 4));
    return seen[last + (at % 4)] ?? 0;
  });
  if (difference(seen, turned) < 2 * ALIKE) return undefined;
  return difference(seen, thumb(pixels)) < ALIKE;
}

function thumb(picture: CanvasImageSource): Uint8ClampedArray {
  const context = clearCanvas(THUMB);
  context.drawImage(picture, 0, 0, THUMB.width, THUMB.height);
  return context.getImageData(0, 0, THUMB.width, THUMB.height).data;
}

function difference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}
