import type { SourceSettings } from "../../../model/document.ts";
import { CaptureLoop } from "./capture-loop.ts";
import type { FrameMoment, PictureSource, Size, SourceContext, SourceReport } from "./picture-source.ts";

/** The newest frame of a camera, display or window, which stays when the device goes. */
export class CapturedSource implements PictureSource {
  readonly #loop: CaptureLoop;
  #frame: VideoFrame | undefined;
  #captureMs: number | undefined;
  #version = 0;
  #saidLive = false;

  constructor(
    private readonly world: SourceContext,
    private readonly settings: SourceSettings,
    open: (settings: SourceSettings) => Promise<MediaStream>,
  ) {
    this.#loop = new CaptureLoop({
      kind: settings.kind,
      open: () => open(settings),
      use: (stream, signal) => this.#read(stream, signal),
      report: (report) => this.#report(report),
    });
  }

  get size(): Size | undefined {
    if (this.#frame === undefined) return undefined;
    return { width: this.#frame.displayWidth, height: this.#frame.displayHeight };
  }

  get version(): number {
    return this.#version;
  }

  get captureMs(): number | undefined {
    return this.#captureMs;
  }

  picture(): CanvasImageSource | undefined {
    return this.#frame;
  }

  advance(_moment: FrameMoment): void {}

  update(settings: SourceSettings): boolean {
    return JSON.stringify(settings) === JSON.stringify(this.settings);
  }

  setWanted(wanted: boolean): void {
    this.#loop.setWanted(wanted);
  }

  close(): void {
    this.#loop.close();
    this.#frame?.close();
    this.#frame = undefined;
  }

  /** The last picture of a camera that was unplugged stays; that of a window that was closed is nobody's business. */
  #report(report: SourceReport): void {
    if (report.code === "not_found" && this.#frame !== undefined) {
      this.#frame.close();
      this.#frame = undefined;
      this.#version += 1;
    }
    this.world.report(report);
  }

  async #read(stream: MediaStream, signal: AbortSignal): Promise<void> {
    this.#saidLive = false;
    const [track] = stream.getVideoTracks();
    if (track === undefined) return;
    const frames = new MediaStreamTrackProcessor({ track }).readable.getReader();
    // A stopped track ends its frames, so the read below returns.
    signal.addEventListener("abort", () => track.stop(), { once: true });
    for (;;) {
      const { done, value } = await frames.read();
      if (done || value === undefined) return;
      if (signal.aborted) value.close();
      else this.#take(value);
    }
  }

  #take(frame: VideoFrame): void {
    const before = this.size;
    this.#frame?.close();
    this.#frame = frame;
    this.#captureMs = Date.now();
    this.#version += 1;
    const { displayWidth: width, displayHeight: height } = frame;
    const same = before?.width === width && before.height === height;
    if (!same || !this.#saidLive) this.world.report({ state: "live", width, height });
    this.#saidLive = true;
  }
}
