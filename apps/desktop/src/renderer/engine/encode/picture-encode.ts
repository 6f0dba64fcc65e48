import type { EncodeSettings, FromEngine } from "../../../contract/media-port.ts";
import { encodeSlot, keyframeSlot } from "../clock/frame-grid.ts";

/** One composed picture, as the encodes are offered it. */
export interface Composed {
  /** Goes up with every picture that is not the last one again. */
  readonly version: number;
  readonly ptsUs: number;
  readonly captureMs: number;
  /** The canvas at another size; valid until the next picture. */
  scaled(width: number, height: number): OffscreenCanvas;
  /** The same as RGBA. */
  pixels(width: number, height: number): Uint8ClampedArray<ArrayBuffer>;
}

/** One encode of the programme, however it is made. */
export interface PictureEncode {
  offer(picture: Composed): void;
  /** The time of a frame has passed without a picture: the last one stands for it, so that the grid has no hole. */
  repeat(ptsUs: number): void;
  setBitrate(bitrateBps: number): void;
  requestKeyframe(): void;
  close(): void;
}

export type Send = (message: FromEngine) => void;

/** Pictures on their way into an encoder: media-port.ts says why they are bounded. */
export const MAX_WAITING = 3;
/** Repetitions, which cost an encoder little, may be so many more; beyond that it is too slow, and holes are left. */
const MAX_BEHIND = 30;
/** One each two seconds: where the grid lacks a single one, a server passes the picture through no more. */
const MAX_KEYFRAMES_BEHIND = 5;

/** @param waiting pictures that the encoder has not taken yet */
export const isTooFarBehind = (waiting: number, isKeyframe: boolean): boolean =>
  waiting >= MAX_BEHIND + (isKeyframe ? MAX_KEYFRAMES_BEHIND : 0);

/**
 * Which of the canvas' pictures an encode takes, and which of those are keyframes. The grid of keyframes begins with
 * the first picture: a server that passes pictures through wants it whole from the first one on.
 */
export class EncodeGrid {
  #frameSlot = -1;
  #keySlot: number | undefined;
  #gridUs: number | undefined;

  constructor(private readonly settings: Pick<EncodeSettings, "fps" | "keyframeIntervalMs" | "gridUs">) {
    this.#gridUs = settings.gridUs;
  }

  /** False for what lies between the frames of a slower encode; a picture is taken once only. */
  takes(ptsUs: number): boolean {
    const slot = encodeSlot(ptsUs, this.settings.fps);
    if (slot <= this.#frameSlot) return false;
    this.#frameSlot = slot;
    return true;
  }

  /** True for the first picture of each interval that is really encoded. */
  wantsKey(ptsUs: number): boolean {
    return this.#keySlot === undefined || this.#slotOf(ptsUs) !== this.#keySlot;
  }

  encoded(ptsUs: number): void {
    this.#keySlot = this.#slotOf(ptsUs);
  }

  /** The next picture shall be a keyframe, whenever it comes. */
  forget(): void {
    this.#keySlot = undefined;
  }

  #slotOf(ptsUs: number): number {
    this.#gridUs ??= ptsUs;
    return keyframeSlot(ptsUs, this.settings.keyframeIntervalMs, this.#gridUs);
  }
}
