import type { Transition } from "../../../model/document.ts";
import type { PictureSource } from "../sources/picture-source.ts";
import { VideoSource } from "../sources/video-source.ts";

const NOWHERE = { id: "stinger", canvas: { width: 16, height: 16 }, report: () => undefined };

/** The stinger's file, loaded before it is needed and played once for each change of scene. */
export class StingerDeck {
  #path = "";
  #video: VideoSource | undefined;
  #unmix: (() => void) | undefined;
  /** While it plays: how far the change was when it was last drawn. */
  #playing: { atMs: number; readonly end: AbortController } | undefined;

  /** `mix` puts an element's sound into the programme, until what it returns is called. */
  constructor(private readonly mix: (element: HTMLMediaElement) => (() => void) | undefined) {}

  prepare(transition: Transition): void {
    const path = transition.kind === "stinger" ? transition.path : "";
    if (path === this.#path) return;
    this.close();
    this.#path = path;
    if (path === "") return;
    this.#video = new VideoSource(NOWHERE, { kind: "video", path, loop: false });
    this.#unmix = this.mix(this.#video.element);
  }

  /** Its picture now; undefined where the file cannot be played, and the scenes are just cut. */
  at({ path, atMs }: { path: string; atMs: number }, ended: () => void): PictureSource | undefined {
    const video = this.#video;
    if (video === undefined || path !== this.#path) return undefined;
    // The next change began before the last one was over.
    if (this.#playing !== undefined && atMs < this.#playing.atMs) this.rest();
    if (this.#playing === undefined) {
      const end = new AbortController();
      const over = () => {
        this.rest();
        ended();
      };
      video.element.addEventListener("ended", over, { signal: end.signal });
      this.#playing = { atMs, end };
      video.setWanted(true);
    }
    this.#playing.atMs = atMs;
    video.advance({ elapsedMs: atMs, wallMs: 0 });
    return video;
  }

  /** No change of scene is on its way, or no longer. */
  rest(): void {
    this.#playing?.end.abort();
    if (this.#playing !== undefined) this.#video?.setWanted(false);
    this.#playing = undefined;
  }

  close(): void {
    this.rest();
    this.#unmix?.();
    this.#unmix = undefined;
    this.#video?.close();
    this.#video = undefined;
    this.#path = "";
  }
}
