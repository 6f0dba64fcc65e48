import { opaqueCanvas } from "../sources/picture-source.ts";

/** The canvas at the sizes that somebody asked for, each drawn at most once a picture. */
export class ScaledPictures {
  readonly #scaled = new Map<
    string,
    { context: OffscreenCanvasRenderingContext2D; of: number; askedMs: number }
  >();
  #picture: OffscreenCanvas | undefined;
  /** What was read of the newest picture: by its encode and by the monitor alike. */
  #read: ImageData | undefined;
  #count = 0;

  constructor(private readonly now: () => number) {}

  /** Goes up with each new picture. */
  get version(): number {
    return this.#count;
  }

  /** A new picture lies in the canvas. */
  changed(picture: OffscreenCanvas): void {
    this.#picture = picture;
    this.#count += 1;
    this.#read = undefined;
  }

  get(width: number, height: number): OffscreenCanvas {
    const picture = this.#composed();
    const isSize = picture.width === width && picture.height === height;
    return isSize ? picture : this.#scaledTo(width, height, picture).canvas;
  }

  /** RGBA, until the next picture. Whoever asks last may give them away. */
  pixels(width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
    const read = this.#read;
    // Those that were given away are empty.
    if (read?.width !== width || read.height !== height || read.data.length === 0)
      this.#read = this.#readBack(width, height);
    return this.#read?.data as Uint8ClampedArray<ArrayBuffer>;
  }

  #readBack(width: number, height: number): ImageData {
    const picture = this.#composed();
    const isSize = picture.width === width && picture.height === height;
    // A picture on the GPU has to be drawn into memory first.
    const context = (isSize ? picture.getContext("2d") : null) ?? this.#scaledTo(width, height, picture);
    return context.getImageData(0, 0, width, height);
  }

  #composed(): OffscreenCanvas {
    if (this.#picture === undefined) throw new Error("nothing has been composed yet");
    return this.#picture;
  }

  #scaledTo(width: number, height: number, picture: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
    const key = `${width}x${height}`;
    let scaled = this.#scaled.get(key);
    if (scaled === undefined) {
      scaled = { context: opaqueCanvas({ width, height }), of: -1, askedMs: 0 };
      this.#scaled.set(key, scaled);
      this.#forget();
    }
    scaled.askedMs = this.now();
    if (scaled.of !== this.#count) {
      scaled.of = this.#count;
      scaled.context.drawImage(picture, 0, 0, width, height);
    }
    return scaled.context;
  }

  /** What nobody has asked for in a while goes. */
  #forget(): void {
    for (const [key, { askedMs }] of this.#scaled) {
      if (askedMs > 0 && this.now() - askedMs > 5_000) this.#scaled.delete(key);
    }
  }
}
