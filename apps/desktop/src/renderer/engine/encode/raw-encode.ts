import type { EncodeSettings } from "../../../contract/media-port.ts";
import { i420Bytes, rgbaToI420 } from "./i420.ts";
import {
  type Composed,
  EncodeGrid,
  isTooFarBehind,
  MAX_WAITING,
  type PictureEncode,
  type Send,
} from "./picture-encode.ts";

/** Raw pictures for an encoder in the other process, which is told which of them shall be keyframes. */
export class RawEncode implements PictureEncode {
  readonly #grid: EncodeGrid;
  /** One for all pictures: a message takes a copy with it. */
  readonly #planes: Uint8Array<ArrayBuffer>;
  #untaken = 0;
  #last: { readonly version: number; readonly captureMs: number } | undefined;

  constructor(
    private readonly settings: EncodeSettings,
    private readonly send: Send,
  ) {
    this.#grid = new EncodeGrid(settings);
    this.#planes = new Uint8Array(i420Bytes(settings.width, settings.height));
  }

  offer(picture: Composed): void {
    const { ptsUs, captureMs, version } = picture;
    if (!this.#grid.takes(ptsUs)) return;
    if (this.#untaken >= MAX_WAITING) {
      this.send({ kind: "dropped", encode: this.settings.id, cause: "encode", frames: 1 });
      this.#again(ptsUs);
      return;
    }
    const { width, height } = this.settings;
    const same = version === this.#last?.version;
    this.#last = { version, captureMs };
    const planes = same ? null : rgbaToI420(picture.pixels(width, height), width, height, this.#planes);
    this.#put(ptsUs, captureMs, planes);
  }

  repeat(ptsUs: number): void {
    if (this.#grid.takes(ptsUs)) this.#again(ptsUs);
  }

  taken(): void {
    this.#untaken = Math.max(0, this.#untaken - 1);
  }

  /** ffmpeg's process is changed over there. */
  setBitrate(_bitrateBps: number): void {}

  requestKeyframe(): void {
    this.#grid.forget();
  }

  close(): void {}

  #again(ptsUs: number): void {
    if (this.#last === undefined || isTooFarBehind(this.#untaken, this.#grid.wantsKey(ptsUs))) return;
    this.#put(ptsUs, this.#last.captureMs, null);
  }

  #put(ptsUs: number, captureMs: number, data: Uint8Array | null): void {
    const key = this.#grid.wantsKey(ptsUs);
    this.#grid.encoded(ptsUs);
    this.#untaken += 1;
    this.send({ kind: "raw", encode: this.settings.id, ptsUs, key, data, captureMs });
  }
}
