import { fileUrl } from "../../../contract/engine-bridge.ts";
import type { SourceSettings } from "../../../model/document.ts";
import type { FrameMoment, PictureSource, Size, SourceContext } from "./picture-source.ts";

/** A video file. It plays while it is seen, and begins anew when it comes back into view. */
export class VideoSource implements PictureSource {
  readonly captureMs = undefined;
  readonly element = document.createElement("video");
  #path = "";
  #version = 0;
  #drawnAtS = -1;
  #wanted = false;

  constructor(
    private readonly world: SourceContext,
    settings: SourceSettings,
  ) {
    const { element } = this;
    element.preload = "auto";
    element.playsInline = true;
    // Its sound goes to the mixer alone, which takes it from the element.
    element.addEventListener("loadeddata", () => {
      world.report({ state: "live", width: element.videoWidth, height: element.videoHeight });
    });
    element.addEventListener("ended", () => world.report({ state: "ended" }));
    element.addEventListener("error", () => {
      const missing = element.error?.code === MediaError.MEDIA_ERR_NETWORK || element.readyState === 0;
      void this.#fail(missing);
    });
    this.update(settings);
  }

  get size(): Size | undefined {
    const { videoWidth: width, videoHeight: height, readyState } = this.element;
    return readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? { width, height } : undefined;
  }

  get version(): number {
    return this.#version;
  }

  picture(): CanvasImageSource | undefined {
    return this.size === undefined ? undefined : this.element;
  }

  advance(_moment: FrameMoment): void {
    const { currentTime, readyState } = this.element;
    if (currentTime === this.#drawnAtS || readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    this.#drawnAtS = currentTime;
    this.#version += 1;
  }

  update(settings: SourceSettings): boolean {
    if (settings.kind !== "video") return false;
    this.element.loop = settings.loop;
    if (settings.path === this.#path) return true;
    this.#path = settings.path;
    this.world.report({ state: "starting" });
    this.element.src = fileUrl(settings.path);
    if (this.#wanted) this.#play();
    return true;
  }

  setWanted(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (!wanted) this.element.pause();
    else {
      this.element.currentTime = 0;
      this.#play();
    }
  }

  close(): void {
    this.#wanted = false;
    this.element.pause();
    this.element.removeAttribute("src");
    this.element.load();
  }

  #play(): void {
    // Rejected when paused or given another file meanwhile; faults come as `error`.
    this.element.play().catch(() => undefined);
  }

  async #fail(askWhy: boolean): Promise<void> {
    const path = this.#path;
    const answer = askWhy ? await fetch(fileUrl(path), { method: "HEAD" }).catch(() => undefined) : undefined;
    if (path !== this.#path) return;
    const missing = askWhy && answer?.ok !== true;
    this.world.report({ state: "failed", code: missing ? "not_found" : "unreadable" });
  }
}
