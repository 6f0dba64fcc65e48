import type { StreamId } from "@footlight/shared";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";

/** A live picture is at most this old, plus what a segment takes. */
const EVERY_MS = 10_000;
const LOOK_EVERY_MS = 1_000;

/** The newest segment that a picture can be made of: its init segment and itself. */
export interface PictureSource {
  newestPicture(): Promise<NewestPicture | undefined>;
}

export interface NewestPicture {
  /** Time of its first frame, 90 kHz ticks since the stream's start. */
  readonly at90k: number;
  readonly width: number;
  readonly height: number;
  readonly init: Uint8Array;
  readonly segment: Uint8Array;
}

interface Sitter {
  readonly source: PictureSource;
  dueAtMs: number;
  seen90k: number;
  jpeg: Uint8Array | undefined;
}

/**
 * A JPEG of each running stream, made anew every few seconds, one at a time for the whole server:
 * pictures may come late under load, media may not.
 */
export class Thumbnails implements Disposable {
  readonly #sitters = new Map<StreamId, Sitter>();
  readonly #timer: NodeJS.Timeout;
  #making: Promise<void> | undefined;

  constructor(
    private readonly deps: {
      /** Throws or rejects where no picture can be made. */
      readonly makeJpeg: (init: Uint8Array, segment: Uint8Array) => Promise<Uint8Array>;
      /** Each picture, for whoever keeps them; never throws. */
      readonly keep: (
        streamId: StreamId,
        picture: Omit<NewestPicture, "init" | "segment"> & { readonly jpeg: Uint8Array },
      ) => Promise<void>;
      readonly clock: Clock;
      readonly logger: Logger;
    },
  ) {
    this.#timer = setInterval(() => this.#round(), LOOK_EVERY_MS);
  }

  get(streamId: StreamId): Uint8Array | undefined {
    return this.#sitters.get(streamId)?.jpeg;
  }

  /** Its first picture is made as soon as there is a segment. */
  add(streamId: StreamId, source: PictureSource): void {
    this.#sitters.set(streamId, { source, dueAtMs: 0, seen90k: -1, jpeg: undefined });
  }

  /** The picture that is there must not be seen any more, nor one that is being made. */
  retake(streamId: StreamId): void {
    const sitter = this.#sitters.get(streamId);
    if (sitter !== undefined) this.add(streamId, sitter.source);
  }

  remove(streamId: StreamId): void {
    this.#sitters.delete(streamId);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#sitters.clear();
  }

  #round(): void {
    this.#making ??= this.#makeAll().finally(() => {
      this.#making = undefined;
    });
  }

  async #makeAll(): Promise<void> {
    for (const [streamId, sitter] of this.#sitters) {
      const nowMs = this.deps.clock.monotonicMs();
      if (nowMs < sitter.dueAtMs) continue;
      try {
        const newest = await sitter.source.newestPicture();
        // Nothing new: looked for again in a moment, which costs no picture.
        if (newest === undefined || newest.at90k === sitter.seen90k) continue;
        sitter.dueAtMs = nowMs + EVERY_MS;
        sitter.seen90k = newest.at90k;
        const { at90k, width, height } = newest;
        sitter.jpeg = await this.deps.makeJpeg(newest.init, newest.segment);
        await this.deps.keep(streamId, { at90k, width, height, jpeg: sitter.jpeg });
      } catch (error) {
        this.deps.logger.debug({ err: error, stream: streamId }, "no thumbnail");
      }
    }
  }
}
