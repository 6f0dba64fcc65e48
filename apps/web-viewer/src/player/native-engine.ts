import type { Engine, EngineEvent, EngineFigures, EngineWindow } from "./engine.ts";
import { ServerClock } from "./server-clock.ts";

/** The browser's own player sits about here; nearer it would stall. */
const BEHIND_EDGE_S = 4;
/** It wanders by some seconds around its place at the edge. */
const NEAR_LIVE_S = 4;

/** The browser's own HLS: only where Media Source Extensions are missing (older iPhones). */
export class NativeHlsEngine implements Engine {
  readonly name = "native";
  private readonly scope = new AbortController();
  private readonly clock = new ServerClock();
  private live = true;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly emit: (event: EngineEvent) => void,
  ) {
    const { signal } = this.scope;
    this.clock.start();
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
    this.live = true;
    if (seekable.length > 0)
      this.video.currentTime = Math.max(0, seekable.end(seekable.length - 1) - BEHIND_EDGE_S);
  }

  seek(dateMs: number): void {
    const zeroMs = this.startDateMs();
    if (zeroMs === null) return;
    this.live = false;
    this.video.currentTime = (dateMs - zeroMs) / 1000;
  }

  hold(): void {
    this.live = false;
  }

  window(): EngineWindow | null {
    const { seekable, buffered, currentTime } = this.video;
    const zeroMs = this.startDateMs();
    if (zeroMs === null || seekable.length === 0) return null;
    const dateOf = (seconds: number) => zeroMs + seconds * 1000;
    const liveS = seekable.end(seekable.length - 1) - BEHIND_EDGE_S;
    if (liveS - currentTime < NEAR_LIVE_S && !this.video.paused) this.live = true;
    return {
      startMs: dateOf(seekable.start(0)),
      liveMs: dateOf(Math.max(liveS, this.live ? currentTime : 0)),
      positionMs: dateOf(currentTime),
      bufferedMs: Array.from(
        { length: buffered.length },
        (_, i) => [dateOf(buffered.start(i)), dateOf(buffered.end(i))] as const,
      ),
      live: this.live,
    };
  }

  noteStall(): void {}

  fade(): void {}

  figures(): EngineFigures {
    return {
      latencyS: this.latencyS(),
      targetS: null,
      bitrateBps: null,
      throughputBps: null,
      clock: "arrival",
    };
  }

  close(): void {
    if (this.scope.signal.aborted) return;
    this.scope.abort();
    this.clock.close();
    this.video.removeAttribute("src");
    this.video.load();
  }

  private latencyS(): number | null {
    const zeroMs = this.startDateMs();
    return zeroMs === null ? null : Math.max(0, (this.clock.now() - zeroMs) / 1000 - this.video.currentTime);
  }

  /** Safari alone: the date-time of media time nought. */
  private startDateMs(): number | null {
    if (!("getStartDate" in this.video) || typeof this.video.getStartDate !== "function") return null;
    const start: unknown = this.video.getStartDate();
    return start instanceof Date && !Number.isNaN(start.getTime()) ? start.getTime() : null;
  }

  private failure() {
    const code = this.video.error?.code;
    if (code === MediaError.MEDIA_ERR_NETWORK) return "network";
    return code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED ? "missing" : "media";
  }
}
