import type { Engine, EngineEvent, EngineFigures } from "./engine.ts";

/** The browser's own HLS: only where Media Source Extensions are missing (older iPhones). */
export class NativeHlsEngine implements Engine {
  readonly name = "native";
  private readonly scope = new AbortController();

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly emit: (event: EngineEvent) => void,
  ) {
    const { signal } = this.scope;
    video.addEventListener("loadeddata", () => this.emit({ type: "ready" }), { signal });
    video.addEventListener("ended", () => this.emit({ type: "ended" }), { signal });
    video.addEventListener("error", () => this.emit({ type: "failed", failure: this.failure() }), { signal });
  }

  load(url: string): void {
    this.video.src = url;
  }

  /** The browser chooses by itself. */
  select(): void {}

  toLive(): void {
    const { seekable } = this.video;
    if (seekable.length > 0) this.video.currentTime = Math.max(0, seekable.end(seekable.length - 1) - 4);
  }

  noteStall(): void {}

  figures(): EngineFigures {
    return { latencyS: this.latencyS(), targetS: null, bitrateBps: null, throughputBps: null };
  }

  close(): void {
    if (this.scope.signal.aborted) return;
    this.scope.abort();
    this.video.removeAttribute("src");
    this.video.load();
  }

  private latencyS(): number | null {
    // Safari alone: the date-time of media time nought.
    if (!("getStartDate" in this.video) || typeof this.video.getStartDate !== "function") return null;
    const start: unknown = this.video.getStartDate();
    if (!(start instanceof Date) || Number.isNaN(start.getTime())) return null;
    return Math.max(0, (Date.now() - start.getTime()) / 1000 - this.video.currentTime);
  }

  private failure() {
    const code = this.video.error?.code;
    if (code === MediaError.MEDIA_ERR_NETWORK) return "network";
    return code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED ? "missing" : "media";
  }
}
