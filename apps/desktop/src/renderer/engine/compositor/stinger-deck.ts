import type { Transition } from "../../../model/document.ts";
import type { PictureSource } from "../sources/picture-source.ts";
import { VideoSource } from "../sources/video-source.ts";

const NOWHERE = { id: "stinger", canvas: { width: 16, height: 16 }, report: () => undefined };

/** The stinger's file, loaded before it is needed and played once for each change of scene. */
export class StingerDeck {
  #path = "";
  #video: VideoSource | undefined;
  #playing = false;

  prepare(transition: Transition): void {
    const path = transition.kind === "stinger" ? transition.path : "";
    if (path === this.#path) return;
    this.close();
    this.#path = path;
    if (path !== "") this.#video = new VideoSource(NOWHERE, { kind: "video", path, loop: false });
  }

  /** Its picture now; undefined where the file cannot be played, and the scenes are just cut. */
  at({ path, atMs }: { path: string; atMs: number }, ended: () => void): PictureSource | undefined {
    const video = this.#video;
    if (video === undefined || path !== this.#path) return undefined;
    if (!this.#playing) {
      this.#playing = true;
      video.setWanted(true);
      video.element.addEventListener(
        "ended",
        () => {
          this.#playing = false;
          video.setWanted(false);
          ended();
        },
        { once: true },
      );
    }
    video.advance({ elapsedMs: atMs, wallMs: 0 });
    return video;
  }

  close(): void {
    this.#video?.close();
    this.#video = undefined;
    this.#path = "";
    this.#playing = false;
  }
}
