import type { SentTrack } from "@footlight/realtime/stage/sending.ts";
import type { MediaSource } from "@footlight/shared";
import type { StudioDocument } from "../../../model/document.ts";
import type { Composed } from "../encode/picture-encode.ts";
import { PictureTrack } from "../whip/picture-track.ts";

/** Guests look at it in a corner while they talk: they need no more, and the uplink is the broadcast's. */
const WIDTH = 640;
const FPS = 30;

/**
 * What guests see and hear of the studio: its programme's picture, and its sound without any guest in it. They get each
 * other's voices from the stage itself, so nobody hears their own, and nobody waits for a detour.
 */
export class ReturnFeed {
  #picture: { readonly track: PictureTrack; readonly key: string } | undefined;
  /** Marks the studio as what composes the stage: guests then do not take the broadcast as well. */
  readonly #mark: MediaStreamTrack;

  constructor(private readonly sound: MediaStreamTrack) {
    this.#mark = sound.clone();
  }

  get idle(): boolean {
    return this.#picture === undefined;
  }

  /** Null: nobody is there to look. */
  setPicture(canvas: StudioDocument["canvas"] | null): void {
    const format = canvas && formatOf(canvas);
    const key = JSON.stringify(format);
    if (format === null) this.#endPicture();
    else if (this.#picture?.key !== key) {
      this.#endPicture();
      this.#picture = { track: new PictureTrack({ ...format, keyframeIntervalMs: 10_000 }), key };
    }
  }

  sent(): Map<MediaSource, SentTrack> {
    const sent = new Map<MediaSource, SentTrack>([
      ["programme", { track: this.#mark, paused: true }],
      ["microphone", { track: this.sound, paused: false }],
    ]);
    if (this.#picture !== undefined) sent.set("camera", { track: this.#picture.track.track, paused: false });
    return sent;
  }

  offer(picture: Composed): void {
    this.#picture?.track.offer(picture);
  }

  close(): void {
    this.#endPicture();
    this.#mark.stop();
  }

  #endPicture(): void {
    this.#picture?.track.close();
    this.#picture = undefined;
  }
}

function formatOf({ width, height, fps }: StudioDocument["canvas"]) {
  const factor = Math.min(1, WIDTH / Math.max(width, height));
  const even = (size: number) => Math.max(16, 2 * Math.round((size * factor) / 2));
  return { width: even(width), height: even(height), fps: Math.min(FPS, fps) };
}
