import type { SourceSettings } from "../../../model/document.ts";
import { faultOf } from "./capture-fault.ts";
import type { FrameMoment, PictureSource, Size, SourceContext, SourceFault } from "./picture-source.ts";

/** A hidden device is kept open for so long, so that switching scenes to and fro does not restart it. */
const LINGER_MS = 5_000;
/** Devices come back without an event where they never had one (a locked camera, a window that is reopened). */
const RETRY_MS = 2_000;

/** Gives the newest frame of a camera, display or window; opens it when seen, again and again after it has gone. */
export class CapturedSource implements PictureSource {
  #settings: SourceSettings;
  #frame: VideoFrame | undefined;
  #captureMs: number | undefined;
  #version = 0;
  #wanted = false;
  #saidLive = false;
  #opening: AbortController | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly world: SourceContext,
    settings: SourceSettings,
    private readonly open: (settings: SourceSettings) => Promise<MediaStream>,
  ) {
    this.#settings = settings;
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
    return JSON.stringify(settings) === JSON.stringify(this.#settings);
  }

  setWanted(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    clearTimeout(this.#linger);
    if (!wanted) this.#linger = setTimeout(() => this.#release(), LINGER_MS);
    else if (this.#opening === undefined) this.#run();
  }

  close(): void {
    clearTimeout(this.#linger);
    this.#release();
    this.#frame?.close();
    this.#frame = undefined;
  }

  #release(): void {
    this.#opening?.abort();
    this.#opening = undefined;
  }

  #run(): void {
    const opening = new AbortController();
    this.#opening = opening;
    void this.#capture(opening.signal);
  }

  async #capture(signal: AbortSignal): Promise<void> {
    this.world.report({ state: "starting" });
    while (!signal.aborted) {
      this.#saidLive = false;
      const end = await this.#captureOnce(signal);
      if (signal.aborted) return;
      this.world.report({ state: "failed", code: end });
      await deviceChange(RETRY_MS, signal);
    }
  }

  /** Until the device goes, or cannot be had. */
  async #captureOnce(signal: AbortSignal): Promise<SourceFault> {
    let stream: MediaStream;
    try {
      stream = await this.open(this.#settings);
    } catch (cause) {
      return faultOf(cause);
    }
    const [track] = stream.getVideoTracks();
    const stop = () => {
      for (const each of stream.getTracks()) each.stop();
    };
    if (track === undefined || signal.aborted) {
      stop();
      return "no_device";
    }
    signal.addEventListener("abort", stop, { once: true });
    const frames = new MediaStreamTrackProcessor({ track }).readable.getReader();
    try {
      for (;;) {
        const { done, value } = await frames.read();
        if (done || value === undefined) return "unplugged";
        if (signal.aborted) value.close();
        else this.#take(value);
      }
    } finally {
      signal.removeEventListener("abort", stop);
      stop();
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

/** Resolves when a device has come or gone, and in any case after a while. */
function deviceChange(withinMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      navigator.mediaDevices.removeEventListener("devicechange", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, withinMs);
    navigator.mediaDevices.addEventListener("devicechange", done);
    signal.addEventListener("abort", done);
  });
}
