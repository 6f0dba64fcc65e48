import type { EncodeSettings, FromEngine, ToEngine } from "../../contract/media-port.ts";
import { UnitBus } from "../units.ts";
import { FfmpegPictures } from "./ffmpeg-pictures.ts";
import { Stamper } from "./stamp.ts";

export interface EncodeFigures {
  readonly id: string;
  readonly frames: number;
  readonly droppedRender: number;
  readonly droppedEncode: number;
  readonly bitrateBps: number;
}

export interface EncodeContext {
  /** To the engine. */
  readonly post: (message: ToEngine) => void;
  /** The ffmpeg that drives an encoder. */
  readonly ffmpegFor: (encoder: EncodeSettings["encoder"]) => string;
  readonly onFault: (area: string, cause: string) => void;
}

/** One encode of the programme, made in the engine or by an ffmpeg here; its units go to all who listen. */
export class Encode {
  readonly settings: EncodeSettings;
  readonly bus: UnitBus;
  readonly #context: EncodeContext;
  readonly #stamper: Stamper;
  #ffmpeg: FfmpegPictures | undefined;
  #frames = 0;
  #bytes = 0;
  #droppedRender = 0;
  #droppedEncode = 0;
  #read = { atMs: performance.now(), bytes: 0 };
  #bitrateBps: number;
  #gridUs: number | undefined;
  #lastRaw: Uint8Array | undefined;

  constructor(settings: EncodeSettings, context: EncodeContext) {
    this.settings = settings;
    this.#context = context;
    this.#bitrateBps = settings.bitrateBps;
    this.#gridUs = settings.gridUs;
    this.#stamper = new Stamper(settings.id);
    const { post, onFault } = context;
    this.bus = new UnitBus((error) => onFault("sink", String(error)));
    if (settings.encoder !== "webcodecs") this.#ffmpeg = this.#start(settings);
    post({ kind: "encode", settings });
  }

  get ffmpegPids(): number[] {
    return this.#ffmpeg?.pids ?? [];
  }

  /** Where its grid of keyframes begins; unknown before the first one. */
  get gridUs(): number | undefined {
    return this.#gridUs;
  }

  /** After the engine was started anew. */
  askAgain(): void {
    this.#context.post({ kind: "encode", settings: { ...this.settings, gridUs: this.#gridUs } });
    if (this.#bitrateBps !== this.settings.bitrateBps) this.setBitrate(this.#bitrateBps);
  }

  /** From the next picture on, or with ffmpeg from the next keyframe of the grid. */
  setBitrate(bitrateBps: number): void {
    this.#bitrateBps = bitrateBps;
    if (this.#ffmpeg === undefined) {
      this.#context.post({ kind: "bitrate", encode: this.settings.id, bitrateBps });
    } else this.#ffmpeg.setBitrate(bitrateBps);
  }

  onPicture(picture: Extract<FromEngine, { kind: "picture" }>): void {
    this.#gridUs ??= picture.ptsUs;
    const unit = this.#stamper.ofWebCodecs(picture);
    if (unit !== undefined) this.#push(unit);
  }

  onRaw(picture: Extract<FromEngine, { kind: "raw" }>): void {
    this.#gridUs ??= picture.ptsUs;
    const taken = (): void => this.#context.post({ kind: "taken", encode: this.settings.id });
    const data = picture.data ?? this.#lastRaw;
    this.#lastRaw = data;
    if (this.#ffmpeg === undefined || data === undefined) taken();
    else this.#ffmpeg.push({ ...picture, data }, picture.key, taken);
  }

  onDropped(cause: "render" | "encode", frames: number): void {
    if (cause === "render") this.#droppedRender += frames;
    else this.#droppedEncode += frames;
  }

  /** Once a second: bitrate since the last reading. */
  readFigures(): EncodeFigures {
    this.#ffmpeg?.watch();
    const atMs = performance.now();
    const seconds = (atMs - this.#read.atMs) / 1000;
    const bitrateBps = seconds > 0 ? Math.round(((this.#bytes - this.#read.bytes) * 8) / seconds) : 0;
    this.#read = { atMs, bytes: this.#bytes };
    return {
      id: this.settings.id,
      frames: this.#frames,
      droppedRender: this.#droppedRender,
      droppedEncode: this.#droppedEncode,
      bitrateBps,
    };
  }

  async close(): Promise<void> {
    this.#context.post({ kind: "stop", encode: this.settings.id });
    await this.#ffmpeg?.close();
  }

  #start(settings: EncodeSettings): FfmpegPictures {
    const { ffmpegFor, onFault } = this.#context;
    return new FfmpegPictures({
      path: ffmpegFor(settings.encoder),
      settings,
      onPicture: (picture) => this.#push(this.#stamper.ofFfmpeg(picture)),
      onDropped: (frames) => {
        this.#droppedEncode += frames;
      },
      onFault: (cause, hopeless) => {
        onFault("encoder", cause);
        if (hopeless) onFault("encoder-hopeless", settings.encoder);
        // A driver that is missing or has gone: the broadcast goes on with what always works.
        if (!hopeless || settings.encoder === "libx264") return;
        this.#ffmpeg = this.#start({ ...settings, encoder: "libx264", gridUs: this.#gridUs });
        this.#ffmpeg.setBitrate(this.#bitrateBps);
      },
    });
  }

  #push(unit: Parameters<UnitBus["push"]>[0]): void {
    this.#frames += 1;
    this.#bytes += unit.data.byteLength;
    this.bus.push(unit);
  }
}
