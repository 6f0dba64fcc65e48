import { Store } from "../ui/store.ts";
import type { Engine, EngineEvent, EngineFactory, EngineFailure } from "./engine.ts";
import type { PlayerMemory } from "./memory.ts";
import { bufferAhead, figuresOf } from "./player-figures.ts";
import type { PlayerFigures, PlayerSnapshot, PlayerSource, PlayerState } from "./player-state.ts";
import { sameRungs } from "./quality.ts";
import { TierChoice } from "./tier-choice.ts";
import { type Timeline, timelineOf } from "./timeline.ts";

/** Waits before the next engine is tried; the last one goes on for as long as somebody watches. */
const RETRY_MS = [300, 1_000, 2_000, 4_000, 8_000];
/** Longer than this without a move of the picture, and the engine is taken down and built anew. */
const FROZEN_MS = 15_000;
const STEADY_MS = 10_000;
const OLDEST_KEPT_OFF_MS = 6_000;
/** With data saving. */
const SAVED_LINES = 480;

/**
 * The player as a plain object: one state, one engine at a time, one video element. React reads
 * `snapshot`; everything it owns ends with `close()`.
 */
export class Player {
  readonly snapshot: Store<PlayerSnapshot>;
  private engine: Engine | null = null;
  private source: PlayerSource | null = null;
  /** Counts engines, so that a late one knows that it is not wanted. */
  private generation = 0;
  private attempt = 0;
  private stalls = 0;
  private loadedAt = 0;
  private firstFrameMs: number | null = null;
  private wantsPause = false;
  private readonly tiers = new TierChoice();
  /** The place of a viewer who is not at the live edge, for the next engine; by the stream's dates. */
  private keptMs: number | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private frozenTimer: ReturnType<typeof setInterval> | undefined;
  private steadyTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly scope = new AbortController();

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly createEngine: EngineFactory,
    private readonly memory: PlayerMemory,
  ) {
    const { volume, muted } = memory.volume();
    video.volume = volume;
    video.muted = muted;
    this.snapshot = new Store<PlayerSnapshot>({
      state: { kind: "idle" },
      qualities: [],
      selected: "auto",
      current: null,
      volume,
      muted,
      mutedByBrowser: false,
      hasFrame: false,
      lean: false,
      dataSaver: memory.dataSaver(),
    });
    this.listen();
  }

  load(source: PlayerSource): void {
    const before = this.source;
    this.source = source;
    if (before?.url === source.url && sameRungs(before.rungs, source.rungs)) {
      if (before.waiting && !source.waiting) {
        this.attempt = 0;
        if (this.state.kind === "failed") this.retry();
      }
      return;
    }
    this.attempt = 0;
    this.loadedAt = performance.now();
    this.firstFrameMs = null;
    this.drop();
    if (before?.url !== source.url) {
      this.keptMs = null;
      this.tiers.forget();
    }
    this.rebuild({ kind: "loading" });
  }

  /** Nothing to play any more; `load` begins anew. */
  unload(): void {
    this.source = null;
    this.drop();
    this.keptMs = null;
    this.patch({ qualities: [], current: null, hasFrame: false });
    this.enter({ kind: "idle" });
  }

  retry(): void {
    this.attempt = 0;
    if (this.source) this.rebuild({ kind: "loading" });
  }

  async play(): Promise<void> {
    this.wantsPause = false;
    const window = this.engine?.window();
    // Paused for longer than the rewind window is: the place is gone.
    if (window && window.positionMs < window.startMs) this.engine?.toLive();
    try {
      await this.video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      if (this.video.muted) {
        this.wantsPause = true;
        this.enter({ kind: "paused" });
        return;
      }
      this.video.muted = true;
      this.patch({ mutedByBrowser: true });
      await this.play();
    }
  }

  pause(): void {
    this.wantsPause = true;
    this.video.pause();
  }

  toggle(): void {
    if (this.video.paused) void this.play();
    else this.pause();
  }

  toLive(): void {
    this.engine?.toLive();
    if (this.video.paused) void this.play();
  }

  /** What can be seen of the stream, and where in it the viewer is; null while that is not known. */
  timeline(): Timeline | null {
    const window = this.engine?.window();
    return window ? timelineOf(window, this.source?.startedAtMs ?? window.startMs) : null;
  }

  /** To a place by the stream's time (seconds since its start); past the live place is live. */
  seek(streamS: number): void {
    const window = this.engine?.window();
    if (!window) return;
    const wantedMs = (this.source?.startedAtMs ?? window.startMs) + streamS * 1000;
    // The oldest segments are deleted while they are being fetched.
    const firstMs = Math.min(window.liveMs, window.startMs + OLDEST_KEPT_OFF_MS);
    this.engine?.seek(Math.max(firstMs, wantedMs));
  }

  seekBy(seconds: number): void {
    const timeline = this.timeline();
    if (timeline) this.seek(timeline.positionS + seconds);
  }

  setMuted(muted: boolean): void {
    if (!muted && this.video.volume === 0) this.video.volume = 0.5;
    this.video.muted = muted;
    this.onVolumeChosen();
  }

  setVolume(volume: number): void {
    this.video.volume = Math.min(1, Math.max(0, volume));
    this.video.muted = this.video.volume === 0;
    this.onVolumeChosen();
  }

  /** At once: `volumechange` comes later, and a second key press before it must not be lost. */
  private onVolumeChosen(): void {
    const { volume, muted } = this.video;
    this.patch({ volume, muted, mutedByBrowser: false });
    this.memory.keepVolume(volume, muted);
  }

  select(quality: string): void {
    this.patch({ selected: quality });
    this.engine?.select(quality);
  }

  /** At most 480 lines, and the standard tier, which needs fewer requests. */
  setDataSaver(on: boolean): void {
    this.memory.keepDataSaver(on);
    this.patch({ dataSaver: on });
    if (this.source) this.rebuild({ kind: "loading" });
  }

  figures(): PlayerFigures {
    const { current, qualities } = this.snapshot.get();
    const label = qualities.find((quality) => quality.id === current)?.label ?? "–";
    return figuresOf(this.video, this.engine, {
      url: this.url,
      label,
      stalls: this.stalls,
      firstFrameMs: this.firstFrameMs,
    });
  }

  close(): void {
    if (this.scope.signal.aborted) return;
    this.drop();
    this.scope.abort();
  }

  private listen(): void {
    const on = (name: string, handle: () => void) =>
      this.video.addEventListener(name, handle, { signal: this.scope.signal });
    on("volumechange", () => this.patch({ volume: this.video.volume, muted: this.video.muted }));
    on("loadeddata", () => {
      this.firstFrameMs ??= performance.now() - this.loadedAt;
      this.patch({ hasFrame: true });
    });
    on("playing", () => this.enter({ kind: "playing" }));
    on("pause", () => {
      if (this.state.kind !== "playing" && this.state.kind !== "buffering") return;
      // Whoever paused it: a button here, a media key, the system.
      this.engine?.hold();
      this.enter({ kind: "paused" });
    });
    on("waiting", () => {
      // A seek of our own waits too, and is none.
      if (this.state.kind !== "playing" || this.video.seeking || bufferAhead(this.video) > 0.2) return;
      this.stalls += 1;
      this.engine?.noteStall();
      this.enter({ kind: "buffering" });
    });
  }

  /** Of the tier that plays. */
  private get url(): string | undefined {
    const modest = this.tiers.lean || this.snapshot.get().dataSaver;
    return (modest ? this.source?.standardUrl : undefined) ?? this.source?.url;
  }

  private get state(): PlayerState {
    return this.snapshot.get().state;
  }

  /** The one place where the state changes; what runs only in one state starts and ends here. */
  private enter(state: PlayerState): void {
    clearInterval(this.frozenTimer);
    clearTimeout(this.steadyTimer);
    if (state.kind === "buffering" || state.kind === "loading") {
      this.frozenTimer = setInterval(() => this.onFrozen(), FROZEN_MS);
    }
    if (state.kind === "playing") {
      this.steadyTimer = setTimeout(() => {
        this.attempt = 0;
        this.keepThroughput();
      }, STEADY_MS);
    }
    this.patch({ state });
  }

  private keepThroughput(): void {
    const { throughputBps } = this.engine?.figures() ?? {};
    if (throughputBps) this.memory.keepThroughput(throughputBps);
  }

  /** An interrupted stream stands still by right: its engine goes on asking. */
  private onFrozen(): void {
    if (!this.source?.waiting) this.onFailure("network");
  }

  private patch(patch: Partial<PlayerSnapshot>): void {
    this.snapshot.set({ ...this.snapshot.get(), ...patch });
  }

  private drop(): void {
    this.generation += 1;
    const window = this.engine?.window();
    if (window) this.keptMs = window.live ? null : window.positionMs;
    clearTimeout(this.retryTimer);
    clearInterval(this.frozenTimer);
    clearTimeout(this.steadyTimer);
    this.engine?.close();
    this.engine = null;
  }

  private rebuild(state: PlayerState): void {
    this.drop();
    this.enter(state);
    const { generation, source } = this;
    if (!source) return;
    const emit = (event: EngineEvent) => {
      if (generation === this.generation) this.onEngine(event);
    };
    const hints = {
      throughputBps: this.memory.throughputBps(),
      maxLines: this.snapshot.get().dataSaver ? SAVED_LINES : null,
    };
    this.patch({ lean: this.tiers.lean });
    this.createEngine(this.video, emit, hints).then(
      (engine) => {
        if (generation !== this.generation) return engine.close();
        this.engine = engine;
        engine.load(this.url ?? source.url);
      },
      // The engine's chunk did not come: as good as no network.
      () => generation === this.generation && this.onFailure("network"),
    );
  }

  private onEngine(event: EngineEvent): void {
    switch (event.type) {
      case "qualities":
        this.onQualities(event.qualities);
        return;
      case "quality":
        this.patch({ current: event.id });
        return;
      case "ready":
        if (this.keptMs !== null) this.engine?.seek(this.keptMs);
        if (!this.wantsPause) void this.play();
        return;
      case "ended":
        this.enter({ kind: "ended" });
        return;
      case "starved":
        if (this.url === this.source?.standardUrl || !this.source?.standardUrl) return;
        this.tiers.starved(performance.now());
        this.keepThroughput();
        this.rebuild({ kind: "loading" });
        return;
      case "relieved":
        if (this.tiers.relieved(performance.now())) this.rebuild({ kind: "loading" });
        return;
      case "failed":
        this.onFailure(event.failure);
        return;
    }
  }

  private onQualities(qualities: PlayerSnapshot["qualities"]): void {
    const { selected } = this.snapshot.get();
    const kept = qualities.some((quality) => quality.id === selected) ? selected : "auto";
    this.patch({ qualities, selected: kept });
    if (kept !== "auto") this.engine?.select(kept);
  }

  private onFailure(failure: EngineFailure): void {
    const tired = this.attempt >= RETRY_MS.length + 3 && !this.source?.waiting;
    if (failure === "unsupported" || tired) {
      this.drop();
      this.enter({ kind: "failed", failure });
      return;
    }
    const waitMs = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)] ?? 0;
    this.attempt += 1;
    this.drop();
    this.enter({ kind: "recovering", attempt: this.attempt });
    this.retryTimer = setTimeout(() => this.rebuild({ kind: "loading" }), waitMs);
  }
}
