import type { EncodeSettings } from "../../../contract/media-port.ts";
import { rgbaToI420 } from "./i420.ts";
import { type Composed, EncodeGrid, type PictureEncode, type Send } from "./picture-encode.ts";

/** Pictures on their way into ffmpeg: media-port.ts says why it is bounded. */
const MAX_UNTAKEN = 3;

/** Raw pictures for an encoder in the other process, which is told which of them shall be keyframes. */
export class RawEncode implements PictureEncode {
  readonly #grid: EncodeGrid;
  #untaken = 0;

  constructor(
    private readonly settings: EncodeSettings,
    private readonly send: Send,
  ) {
    this.#grid = new EncodeGrid(settings);
  }

  offer({ ptsUs, captureMs, pixels }: Composed): void {
    if (!this.#grid.takes(ptsUs)) return;
    const { id: encode, width, height } = this.settings;
    if (this.#untaken >= MAX_UNTAKEN) {
      this.send({ kind: "dropped", encode, cause: "encode", frames: 1 });
      return;
    }
    const data = rgbaToI420(pixels(width, height), width, height);
    this.#untaken += 1;
    const key = this.#grid.wantsKey(ptsUs);
    this.#grid.encoded(ptsUs);
    this.send({ kind: "raw", encode, ptsUs, key, data, captureMs });
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
}
