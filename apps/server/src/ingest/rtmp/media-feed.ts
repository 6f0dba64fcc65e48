import { parseAdtsHeader } from "@footlight/protocols/aac/adts.ts";
import {
  AAC_FRAME_SAMPLES,
  aacCodecString,
  parseAudioSpecificConfig,
} from "@footlight/protocols/aac/audio-config.ts";
import { parseAudioTag } from "@footlight/protocols/flv/audio-tag.ts";
import { FlvError } from "@footlight/protocols/flv/flv-error.ts";
import { type FlvVideoCodec, parseVideoTag } from "@footlight/protocols/flv/video-tag.ts";
import { BitstreamError } from "@footlight/protocols/h264/bit-reader.ts";
import type { AmfObject } from "@footlight/protocols/rtmp/amf-value.ts";
import { MessageType, type RtmpMessage } from "@footlight/protocols/rtmp/message.ts";
import { TimestampUnwrapper } from "@footlight/protocols/rtmp/timestamp.ts";
import type { PublishLease } from "../../stream/publish.ts";
import type { AudioTrack, TrackSet, VideoTrack } from "../../stream/unit.ts";
import { type Metadata, NO_METADATA, readMetadata } from "./metadata.ts";
import { readVideoFormat, type VideoFormat } from "./video-format.ts";

/** Why media cannot be taken; the session then tells the encoder and closes. */
export type MediaFault =
  | { readonly kind: "unsupported"; readonly name: string }
  | { readonly kind: "malformed"; readonly detail: string };

const CODEC_NAMES: Readonly<Record<FlvVideoCodec, string>> = {
  h264: "H.264",
  hevc: "HEVC (H.265)",
  av1: "AV1",
};
/** A frame now and then is broken on a bad line; so many in a row are a broken encoder. */
const MAX_MALFORMED_IN_ROW = 50;
/** B-frames shift by some frames; more than this is a wrong number. */
const MAX_COMPOSITION_MS = 10_000;

/** One publication's media: RTMP messages in, tracks and units on the lease out. Pure but for the lease. */
export class MediaFeed {
  readonly #lease: Pick<PublishLease, "setTracks" | "push">;
  readonly #acceptsCodec: (codec: FlvVideoCodec) => boolean;
  readonly #dropped: () => void;
  readonly #clock = new TimestampUnwrapper();
  #metadata: Metadata = NO_METADATA;
  #videoConfig: Uint8Array | undefined;
  #video: VideoFormat | undefined;
  #audio: AudioTrack | undefined;
  #announced: TrackSet | undefined;
  readonly #malformedInRow = { video: 0, audio: 0 };

  constructor(
    lease: Pick<PublishLease, "setTracks" | "push">,
    acceptsCodec: (codec: FlvVideoCodec) => boolean,
    dropped: () => void,
  ) {
    this.#lease = lease;
    this.#acceptsCodec = acceptsCodec;
    this.#dropped = dropped;
  }

  get encoder(): string | undefined {
    return this.#metadata.encoder;
  }

  metadata(info: AmfObject): void {
    this.#metadata = readMetadata(info);
    this.#announce();
  }

  /** An audio or video message. Returns why the publication cannot go on; never throws on a peer's bytes. */
  media(message: RtmpMessage): MediaFault | undefined {
    const kind = message.type === MessageType.video ? "video" : "audio";
    try {
      const fault = kind === "video" ? this.#onVideo(message) : this.#onAudio(message);
      this.#malformedInRow[kind] = 0;
      return fault;
    } catch (error) {
      if (!(error instanceof FlvError || error instanceof BitstreamError)) throw error;
      this.#dropped();
      const tooMany = ++this.#malformedInRow[kind] > MAX_MALFORMED_IN_ROW;
      return tooMany ? { kind: "malformed", detail: error.message } : undefined;
    }
  }

  #onVideo(message: RtmpMessage): MediaFault | undefined {
    const tag = parseVideoTag(message.payload);
    switch (tag.kind) {
      case "ignored":
        return undefined;
      case "unsupported":
        return tag;
      case "config": {
        if (!this.#acceptsCodec(tag.codec)) return { kind: "unsupported", name: CODEC_NAMES[tag.codec] };
        if (this.#videoConfig !== undefined && Buffer.compare(this.#videoConfig, tag.config) === 0)
          return undefined;
        return this.#configure(() => {
          this.#video = readVideoFormat(tag.codec, tag.config, this.#metadata);
          this.#videoConfig = Buffer.from(tag.config);
        });
      }
      case "frame": {
        const unit =
          this.#video?.track.codec === tag.codec ? this.#video.unit(tag.data, tag.keyframe) : undefined;
        if (unit === undefined || Math.abs(tag.compositionMs) > MAX_COMPOSITION_MS) {
          this.#dropped();
          return undefined;
        }
        const dts90k = this.#ticks(message.timestamp, tag.offsetNs);
        const pts90k = dts90k + tag.compositionMs * 90;
        this.#lease.push({ kind: "video", dts90k, pts90k, ...unit });
        return undefined;
      }
    }
  }

  #onAudio(message: RtmpMessage): MediaFault | undefined {
    const tag = parseAudioTag(message.payload);
    switch (tag.kind) {
      case "ignored":
        return undefined;
      case "unsupported":
        return tag;
      case "config":
        return this.#configureAudio(tag.config);
      case "frame": {
        if (this.#audio === undefined) {
          this.#dropped();
          return undefined;
        }
        const dts90k = this.#ticks(message.timestamp, tag.offsetNs);
        const data = withoutAdts(tag.data);
        this.#lease.push({ kind: "audio", dts90k, pts90k: dts90k, keyframe: true, data });
        return undefined;
      }
    }
  }

  #configureAudio(config: Uint8Array): MediaFault | undefined {
    if (this.#audio !== undefined && Buffer.compare(this.#audio.config, config) === 0) return undefined;
    let name: string | undefined;
    const fault = this.#configure(() => {
      const parsed = parseAudioSpecificConfig(config);
      if (parsed.frameSamples !== AAC_FRAME_SAMPLES) name = `AAC with ${parsed.frameSamples}-sample frames`;
      this.#audio = {
        kind: "audio",
        codec: "aac",
        config: Buffer.from(config),
        sampleRate: parsed.sampleRate,
        channels: parsed.parametricStereo ? 2 : parsed.channels,
        codecString: aacCodecString(parsed),
      };
    });
    return name === undefined ? fault : { kind: "unsupported", name };
  }

  /** A configuration that cannot be read ends the publication: nothing behind it could be decoded. */
  #configure(read: () => void): MediaFault | undefined {
    try {
      read();
    } catch (error) {
      if (error instanceof BitstreamError) return { kind: "malformed", detail: error.message };
      throw error;
    }
    this.#announce();
    return undefined;
  }

  /** Only what differs from the last announcement is announced. */
  #announce(): void {
    const { expectsVideo, expectsAudio, frameRate } = this.#metadata;
    const video = this.#video && withClaim(this.#video.track, frameRate);
    const tracks: TrackSet = {
      video,
      audio: this.#audio,
      expectsVideo: expectsVideo || video !== undefined,
      expectsAudio: expectsAudio || this.#audio !== undefined,
    };
    if (this.#announced !== undefined && sameTracks(this.#announced, tracks)) return;
    this.#announced = tracks;
    this.#lease.setTracks(tracks);
  }

  #ticks(timestamp: number, offsetNs: number): number {
    return Math.round(this.#clock.unwrap(timestamp) * 90 + offsetNs * 0.000_09);
  }
}

/** Metadata that comes behind the sequence header still has its say about the rate. */
const withClaim = (track: VideoTrack, frameRate: Metadata["frameRate"]): VideoTrack =>
  frameRate === undefined ? track : { ...track, claimedFrameRate: frameRate };

/** Configurations are compared when they come, so here the same bytes are the same object. */
function sameTracks(a: TrackSet, b: TrackSet): boolean {
  return (
    a.expectsVideo === b.expectsVideo &&
    a.expectsAudio === b.expectsAudio &&
    a.audio === b.audio &&
    a.video?.config === b.video?.config &&
    a.video?.claimedFrameRate?.num === b.video?.claimedFrameRate?.num &&
    a.video?.claimedFrameRate?.den === b.video?.claimedFrameRate?.den
  );
}

/** Some encoders leave the ADTS header on, against the FLV specification. */
function withoutAdts(data: Uint8Array): Uint8Array {
  const header = parseAdtsHeader(data);
  return header?.frameLength === data.length ? data.subarray(header.headerLength) : data;
}
