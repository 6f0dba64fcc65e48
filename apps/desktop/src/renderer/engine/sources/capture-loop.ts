import type { SourceSettings } from "../../../model/document.ts";
import { endOf, faultOf } from "./capture-fault.ts";
import type { SourceFault, SourceReport } from "./picture-source.ts";

/** A hidden device is kept open for so long, so that switching scenes to and fro does not restart it. */
const LINGER_MS = 5_000;
/** Devices come back without an event where they never had one (a camera in use, a window that is reopened). */
const RETRY_MS = 2_000;

interface Capture {
  readonly kind: SourceSettings["kind"];
  open(): Promise<MediaStream>;
  /** Uses the stream until it ends or the signal says so. */
  use(stream: MediaStream, signal: AbortSignal): Promise<void>;
  report(report: SourceReport): void;
}

/** Holds a device while it is wanted: opens it, and again and again after it has gone, and says how it stands. */
export class CaptureLoop {
  #wanted = false;
  #running: AbortController | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly capture: Capture) {}

  setWanted(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    clearTimeout(this.#linger);
    if (!wanted) this.#linger = setTimeout(() => this.#stop(), LINGER_MS);
    else if (this.#running === undefined) {
      this.#running = new AbortController();
      void this.#run(this.#running.signal);
    }
  }

  close(): void {
    clearTimeout(this.#linger);
    this.#stop();
  }

  #stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    this.capture.report({ state: "starting" });
    while (!signal.aborted) {
      const code = await this.#once(signal);
      if (signal.aborted) return;
      this.capture.report({ state: "failed", code });
      await deviceChange(RETRY_MS, signal);
    }
  }

  async #once(signal: AbortSignal): Promise<SourceFault> {
    let stream: MediaStream;
    try {
      stream = await this.capture.open();
    } catch (cause) {
      return faultOf(cause, this.capture.kind);
    }
    try {
      if (!signal.aborted) await this.capture.use(stream, signal);
      return endOf(this.capture.kind);
    } finally {
      for (const track of stream.getTracks()) track.stop();
    }
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

/** Resolves when the track has ended by itself, or nobody wants it any more. */
export function trackEnd(track: MediaStreamTrack | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (track === undefined || track.readyState === "ended" || signal.aborted) resolve();
    track?.addEventListener("ended", () => resolve(), { once: true });
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
