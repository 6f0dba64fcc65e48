import type { EncodeSettings } from "../../../contract/media-port.ts";
import { BitBudget } from "./bit-budget.ts";
import { h264Codec } from "./h264-codec.ts";
import {
  type Composed,
  EncodeGrid,
  isTooFarBehind,
  MAX_WAITING,
  type PictureEncode,
  type Send,
} from "./picture-encode.ts";

/** A hardware encoder that has broken (sleep, driver) is made anew so soon. */
const REVIVE_MS = 500;

/** H.264 by the browser's own encoder, hardware where it has some. */
export class WebcodecsEncode implements PictureEncode {
  readonly #grid: EncodeGrid;
  readonly #captured = new Map<number, number>();
  readonly #budget: BitBudget;
  #bitrateBps: number;
  #encoder: VideoEncoder | undefined;
  #last: { readonly frame: VideoFrame; readonly version: number; readonly captureMs: number } | undefined;
  #revive: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly settings: EncodeSettings,
    private readonly send: Send,
  ) {
    this.#grid = new EncodeGrid(settings);
    this.#bitrateBps = settings.bitrateBps;
    this.#budget = new BitBudget(settings.bitrateBps);
    this.#begin();
  }

  offer({ ptsUs, captureMs, version, scaled }: Composed): void {
    if (!this.#grid.takes(ptsUs)) return;
    if (this.#isTooMuch(ptsUs)) {
      // A hole in the grid: the same picture again would be made finer, and cost as much.
      this.send({ kind: "dropped", encode: this.settings.id, cause: "encode", frames: 1 });
      return;
    }
    if (this.#encoder === undefined || this.#captured.size > MAX_WAITING) {
      this.send({ kind: "dropped", encode: this.settings.id, cause: "encode", frames: 1 });
      this.#again(ptsUs);
      return;
    }
    const { width, height } = this.settings;
    let frame = this.#last?.frame;
    if (frame === undefined || version !== this.#last?.version) {
      frame?.close();
      frame = new VideoFrame(scaled(width, height), { timestamp: ptsUs, alpha: "discard" });
    }
    this.#last = { frame, version, captureMs };
    this.#encode(frame, ptsUs, captureMs);
  }

  repeat(ptsUs: number): void {
    if (this.#grid.takes(ptsUs) && !this.#isTooMuch(ptsUs)) this.#again(ptsUs);
  }

  /** From the next picture on; makes no keyframe. */
  setBitrate(bitrateBps: number): void {
    this.#bitrateBps = bitrateBps;
    this.#budget.setBitrate(bitrateBps);
    this.#encoder?.configure(this.#config());
  }

  requestKeyframe(): void {
    this.#grid.forget();
  }

  close(): void {
    clearTimeout(this.#revive);
    this.#last?.frame.close();
    this.#last = undefined;
    const encoder = this.#encoder;
    this.#encoder = undefined;
    if (encoder?.state === "configured") encoder.close();
  }

  /** On a narrow line; on one that carries what was ordered an encoder may take more. A keyframe is never left out. */
  #isTooMuch(ptsUs: number): boolean {
    const isSpent = this.#budget.isSpent(ptsUs);
    return isSpent && this.#bitrateBps < this.settings.bitrateBps && !this.#grid.wantsKey(ptsUs);
  }

  #again(ptsUs: number): void {
    if (this.#last === undefined || isTooFarBehind(this.#captured.size, this.#grid.wantsKey(ptsUs))) return;
    this.#encode(this.#last.frame, ptsUs, this.#last.captureMs);
  }

  #encode(picture: VideoFrame, ptsUs: number, captureMs: number): void {
    const encoder = this.#encoder;
    if (encoder === undefined) return;
    // The same pixels, counted, with a time of its own.
    const frame = new VideoFrame(picture, {
      timestamp: ptsUs,
      duration: Math.round(1_000_000 / this.settings.fps),
    });
    const keyFrame = this.#grid.wantsKey(ptsUs);
    this.#captured.set(ptsUs, captureMs);
    this.#grid.encoded(ptsUs);
    encoder.encode(frame, { keyFrame });
    frame.close();
  }

  #begin(): void {
    this.#grid.forget();
    this.#captured.clear();
    const encoder = new VideoEncoder({
      output: (chunk) => this.#put(chunk),
      error: () => this.#broken(encoder),
    });
    encoder.configure(this.#config());
    this.#encoder = encoder;
  }

  #broken(encoder: VideoEncoder): void {
    if (this.#encoder !== encoder) return;
    this.#encoder = undefined;
    this.#revive = setTimeout(() => this.#begin(), REVIVE_MS);
  }

  #config(): VideoEncoderConfig {
    const { width, height, fps } = this.settings;
    return {
      ...{ codec: h264Codec(this.settings), width, height, framerate: fps, bitrate: this.#bitrateBps },
      ...{ bitrateMode: "constant", latencyMode: "realtime", avc: { format: "annexb" } },
    };
  }

  #put(chunk: EncodedVideoChunk): void {
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    this.#budget.spend(chunk.byteLength);
    const { timestamp: ptsUs } = chunk;
    const captureMs = this.#captured.get(ptsUs) ?? Date.now();
    this.#captured.delete(ptsUs);
    const key = chunk.type === "key";
    this.send({ kind: "picture", encode: this.settings.id, ptsUs, key, data, captureMs });
  }
}
