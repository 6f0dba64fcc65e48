import type { StreamId } from "@footlight/shared";
import type { Logger } from "../platform/logger.ts";

/** A live picture is at most this old, plus what a segment takes. */
const EVERY_MS = 8_000;

/** The newest segment that a picture can be made of: its init segment and itself. */
export interface PictureSource {
  newestPicture(): Promise<{ readonly init: Uint8Array; readonly segment: Uint8Array } | undefined>;
}

/**
 * A JPEG of each running stream, made anew every few seconds, one at a time for the whole server:
 * pictures may come late under load, media may not.
 */
export class Thumbnails implements Disposable {
  readonly #sources = new Map<StreamId, PictureSource>();
  readonly #pictures = new Map<StreamId, Uint8Array>();
  readonly #timer: NodeJS.Timeout;
  #making: Promise<void> | undefined;

  constructor(
    private readonly deps: {
      /** Throws or rejects where no picture can be made. */
      readonly makeJpeg: (init: Uint8Array, segment: Uint8Array) => Promise<Uint8Array>;
      readonly logger: Logger;
    },
  ) {
    this.#timer = setInterval(() => this.#round(), EVERY_MS);
  }

  get(streamId: StreamId): Uint8Array | undefined {
    return this.#pictures.get(streamId);
  }

  add(streamId: StreamId, source: PictureSource): void {
    this.#sources.set(streamId, source);
  }

  /** The first segment is there: do not wait for the next round. */
  hurry(): void {
    this.#round();
  }

  remove(streamId: StreamId): void {
    this.#sources.delete(streamId);
    this.#pictures.delete(streamId);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#sources.clear();
  }

  #round(): void {
    this.#making ??= this.#makeAll().finally(() => {
      this.#making = undefined;
    });
  }

  async #makeAll(): Promise<void> {
    for (const [streamId, source] of this.#sources) {
      try {
        const newest = await source.newestPicture();
        if (newest === undefined) continue;
        const jpeg = await this.deps.makeJpeg(newest.init, newest.segment);
        if (this.#sources.has(streamId)) this.#pictures.set(streamId, jpeg);
      } catch (error) {
        this.deps.logger.debug({ err: error, stream: streamId }, "no thumbnail");
      }
    }
  }
}
