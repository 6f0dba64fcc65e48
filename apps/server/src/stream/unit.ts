import type { StreamClock } from "./capture-clock.ts";

/** What flows through the hub. Protocols translate to and from this, and know nothing of each other. */

export type VideoCodec = "h264" | "hevc" | "av1" | "vp8";
export type AudioCodec = "aac" | "opus";

/** Frames a second as a fraction (30000/1001 for 29.97). */
export interface FrameRate {
  readonly num: number;
  readonly den: number;
}

export interface VideoTrack {
  readonly kind: "video";
  readonly codec: VideoCodec;
  /** Decoder configuration record without box header: avcC, hvcC (ISO 14496-15) or av1C. VP8 has none: empty. */
  readonly config: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** What the bitstream or the encoder's metadata claim; the hub believes its own measurement over it. */
  readonly claimedFrameRate: FrameRate | undefined;
  /** RFC 6381, e.g. `avc1.64001f`. */
  readonly codecString: string;
  /**
   * Its size and rate follow the line (WebRTC), so another one is no break: time goes on, and each
   * keyframe carries its own parameter sets.
   */
  readonly adaptive?: true;
}

export interface AudioTrack {
  readonly kind: "audio";
  readonly codec: AudioCodec;
  /** AudioSpecificConfig (ISO 14496-3), or Opus' identification header (RFC 7845 §5.1). */
  readonly config: Uint8Array;
  readonly sampleRate: number;
  readonly channels: number;
  readonly codecString: string;
}

/** What a publisher sends. A track that was announced but has sent no configuration yet is `expected`. */
export interface TrackSet {
  readonly video: VideoTrack | undefined;
  readonly audio: AudioTrack | undefined;
  readonly expectsVideo: boolean;
  readonly expectsAudio: boolean;
}

/**
 * One coded access unit as its publisher stamped it: ticks of the publisher's own clock, already
 * unwrapped by the protocol, starting anywhere. H.264/HEVC data is length-prefixed (4 bytes), AV1
 * is a temporal unit in low-overhead format, VP8 a frame, AAC a raw frame, Opus a packet.
 */
export interface IncomingUnit {
  readonly kind: "video" | "audio";
  readonly dts90k: number;
  readonly pts90k: number;
  readonly keyframe: boolean;
  readonly data: Uint8Array;
  /** When the picture was captured, by the publisher's wall clock (milliseconds since 1970), if it says so. */
  readonly captureMs?: number;
  /** The publisher's own number of the picture, good for the stream's whole life; see `CaptureClock.source`. */
  readonly counter?: UnitCounter;
}

export interface UnitCounter {
  readonly source: number;
  readonly frame: number;
}

/** The same unit on the stream's timeline (see ticks.ts). `dts90k` never goes back within a track. */
export interface Unit extends IncomingUnit {
  /** Server's wall clock when its last byte came in, milliseconds. */
  readonly receivedAtMs: number;
  /** Wall clock of the stream's timeline as it is known with this unit. */
  readonly clock: StreamClock;
}
