import type { EncodeSettings, FromEngine, ToEngine } from "../../contract/media-port.ts";
import type { UnitSink } from "../units.ts";
import { Encode, type EncodeFigures } from "./encode.ts";
import { EngineClock } from "./engine-clock.ts";
import { SoundTrack } from "./sound-track.ts";

export interface ProgrammeOptions {
  /** The ffmpeg for an encoder, or for sound. */
  readonly ffmpegFor: (encoder: EncodeSettings["encoder"] | "aac") => string;
  readonly onFault: (area: string, cause: string) => void;
  readonly onSound: (works: boolean) => void;
}

/** What one sink was given; its end may be what ends the encode. */
export type Lease = () => void;

/**
 * The programme as the engine gives it, coded as sinks want it: whoever wants the same settings gets the same units.
 * The engine is asked for just what somebody wants, and asked again after it was started anew.
 */
export class Programme {
  readonly #options: ProgrammeOptions;
  readonly #clock = new EngineClock();
  readonly #encodes = new Map<string, Encode>();
  readonly #tracks = new Map<string, SoundTrack>();
  readonly #closing = new Set<Promise<void>>();
  #captureOffsetMs = 0;
  #post: (message: ToEngine) => void = () => {};

  constructor(options: ProgrammeOptions) {
    this.#options = options;
  }

  get ffmpegPids(): number[] {
    return [...this.#encodes.values()].flatMap((encode) => encode.ffmpegPids);
  }

  /** @param post to the engine that now is the one */
  attach(post: (message: ToEngine) => void): void {
    this.#post = post;
    const intervals = [...this.#encodes.values()].map(({ settings }) => settings.keyframeIntervalMs);
    this.#clock.restart(Math.max(0, ...intervals) * 1000);
    for (const encode of this.#encodes.values()) encode.askAgain();
    this.#askForTracks();
  }

  /** Media time of this moment. */
  get nowUs(): number {
    return this.#clock.nowUs;
  }

  /** Added to the times of capture: the server's clock against ours. */
  setClockOffset(offsetMs: number): void {
    this.#captureOffsetMs = offsetMs;
  }

  onMessage(message: FromEngine): void {
    switch (message.kind) {
      case "picture":
        this.#encodes.get(message.encode)?.onPicture(this.#placed(message));
        return;
      case "raw": {
        const encode = this.#encodes.get(message.encode);
        if (encode === undefined) this.#post({ kind: "taken", encode: message.encode });
        else encode.onRaw(this.#placed(message));
        return;
      }
      case "sound": {
        const { ptsUs, samples } = this.#clock.placed(message);
        for (const track of this.#tracks.values()) {
          if (track.track === message.track) track.push(ptsUs, samples);
        }
        return;
      }
      case "dropped":
        this.#encodes.get(message.encode)?.onDropped(message.cause, message.frames);
    }
  }

  /** Equal ids are equal settings. */
  openPictures(settings: EncodeSettings, sink: UnitSink): Lease {
    const { ffmpegFor, onFault } = this.#options;
    let encode = this.#encodes.get(settings.id);
    if (encode === undefined) {
      const post = (message: ToEngine): void => this.#post(message);
      encode = new Encode(settings, { post, ffmpegFor, onFault });
      this.#encodes.set(settings.id, encode);
    }
    const opened = encode;
    const remove = opened.bus.add(sink);
    return () => {
      remove();
      if (opened.bus.listeners > 0 || this.#encodes.get(settings.id) !== opened) return;
      this.#encodes.delete(settings.id);
      this.#track(opened.close());
    };
  }

  openSound(number: number, bitrateBps: number, sink: UnitSink): Lease {
    const { ffmpegFor, onFault, onSound } = this.#options;
    const key = `${number}@${bitrateBps}`;
    let track = this.#tracks.get(key);
    if (track === undefined) {
      track = new SoundTrack(number, bitrateBps, { ffmpegPath: ffmpegFor("aac"), onFault, onSound });
      this.#tracks.set(key, track);
      this.#askForTracks();
    }
    const opened = track;
    const remove = opened.bus.add(sink);
    return () => {
      remove();
      if (opened.bus.listeners > 0 || this.#tracks.get(key) !== opened) return;
      this.#tracks.delete(key);
      this.#askForTracks();
      this.#track(opened.close());
    };
  }

  /** How many use an encode: who is alone may change its bitrate. */
  users(id: string): number {
    return this.#encodes.get(id)?.bus.listeners ?? 0;
  }

  /** Where an encode's grid of keyframes begins, once that is known. */
  gridUs(id: string): number | undefined {
    return this.#encodes.get(id)?.gridUs;
  }

  setBitrate(id: string, bitrateBps: number): void {
    this.#encodes.get(id)?.setBitrate(bitrateBps);
  }

  readFigures(): EncodeFigures[] {
    return [...this.#encodes.values()].map((encode) => encode.readFigures());
  }

  async close(): Promise<void> {
    for (const encode of this.#encodes.values()) this.#track(encode.close());
    for (const track of this.#tracks.values()) this.#track(track.close());
    this.#encodes.clear();
    this.#tracks.clear();
    await Promise.all(this.#closing);
  }

  #placed<T extends { readonly ptsUs: number; readonly captureMs: number }>(picture: T): T {
    return { ...this.#clock.placed(picture), captureMs: picture.captureMs + this.#captureOffsetMs };
  }

  #askForTracks(): void {
    const tracks = [...new Set([...this.#tracks.values()].map(({ track }) => track))].sort();
    this.#post({ kind: "tracks", tracks });
  }

  #track(closing: Promise<void>): void {
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }
}
