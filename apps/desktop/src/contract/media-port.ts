/**
 * Between the engine's window, which captures, composes and (with WebCodecs) encodes, and the encoder's process,
 * which encodes with ffmpeg where that is better, and sends and records. One MessagePort, dealt out by main; both
 * ends are ours, so shapes are checked by the compiler alone and nothing is parsed a frame.
 *
 * Times are microseconds since the engine's media epoch; `captureMs` is the wall clock (epoch ms) at which the
 * newest thing in a picture was captured. Bytes are copies: a transferred ArrayBuffer arrives as null there.
 */
export type EncodeId = string;

/** How one encode of the programme is made; targets with equal ones share it. */
export interface EncodeSettings {
  readonly id: EncodeId;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly bitrateBps: number;
  /** Keyframes lie so far apart, counted from the first picture. */
  readonly keyframeIntervalMs: number;
  /** Counted from this time instead, where an encode goes on with another one's grid; microseconds. */
  readonly gridUs?: number | undefined;
  /** `webcodecs` is made in the engine; the others by ffmpeg here, from raw pictures. */
  readonly encoder: "webcodecs" | "libx264" | "h264_nvenc" | "h264_qsv" | "h264_vaapi" | "h264_videotoolbox";
  /** Plain words for effort: what the encoder makes of them is its own. */
  readonly effort: "light" | "balanced" | "best";
  readonly bFrames: boolean;
}

export type FromEngine =
  /** H.264 of a WebCodecs encoder, Annex B, parameter sets before each keyframe; no B-frames, so dts is pts. */
  | {
      readonly kind: "picture";
      readonly encode: EncodeId;
      readonly ptsUs: number;
      readonly key: boolean;
      readonly data: Uint8Array;
      readonly captureMs: number;
    }
  /** For ffmpeg. At most three pictures wait for their `taken`; then repetitions come, which have one each, too. */
  | {
      readonly kind: "raw";
      readonly encode: EncodeId;
      readonly ptsUs: number;
      readonly key: boolean;
      /** I420, tightly packed; null: the picture before once again. */
      readonly data: Uint8Array | null;
      readonly captureMs: number;
    }
  /** 48 kHz, two channels interleaved, of one recording track (1 is what is streamed). */
  | { readonly kind: "sound"; readonly track: number; readonly ptsUs: number; readonly samples: Float32Array }
  /** A frame's time came and there was no picture (render) or the encoder was full (encode): the last one stood. */
  | {
      readonly kind: "dropped";
      readonly encode: EncodeId;
      readonly cause: "render" | "encode";
      readonly frames: number;
    };

export type ToEngine =
  /** One `raw` picture has gone into ffmpeg. */
  | { readonly kind: "taken"; readonly encode: EncodeId }
  | { readonly kind: "encode"; readonly settings: EncodeSettings }
  /** Bits a second, from the next picture on. */
  | { readonly kind: "bitrate"; readonly encode: EncodeId; readonly bitrateBps: number }
  | { readonly kind: "keyframe"; readonly encode: EncodeId }
  | { readonly kind: "stop"; readonly encode: EncodeId }
  /** Which tracks' sound is wanted. */
  | { readonly kind: "tracks"; readonly tracks: readonly number[] };
