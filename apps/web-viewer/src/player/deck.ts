import type { Tier } from "@footlight/shared";
import type { Engine, EngineEvent, EngineFactory, EngineHints } from "./engine.ts";
import type { Quality } from "./quality.ts";

export interface DeckPlan {
  readonly tier: Tier;
  readonly url: string;
  /** Begin here, by the stream's dates; null: at the live edge. */
  readonly atMs: number | null;
  readonly hints: EngineHints;
}

export type DeckEvent =
  | EngineEvent
  /** The element holds its first frame. */
  | { type: "frame" }
  /** Its picture can be put in front: it moves, or it is the one to pause at. */
  | { type: "shown" }
  | { type: "playing" | "paused" | "waiting" | "volume" };

/** Of each way to play there is at most one deck on its way. */
export type Lane = "hls" | "webrtc";
export const laneOf = ({ plan }: { readonly plan: DeckPlan }): Lane =>
  plan.tier === "ultra" ? "webrtc" : "hls";

/** A browser that presents no frames, in a hidden tab, shows this long after it says that it plays. */
const UNSEEN_MS = 400;
/** A deck that begins paused: its place is found and drawn by then. */
const STILL_MS = 1_500;

/**
 * One try at playing the stream: a video element and the engine that fills it. Nothing is heard of it after
 * `close()`.
 */
export class Deck {
  engine: Engine | null = null;
  hasFrame = false;
  qualities: readonly Quality[] = [];
  /** The quality on the screen. */
  current: string | null = null;
  /** Will not go on: its last picture stays until another one is there. */
  over = false;
  /** Where a viewer who is not at the live edge wants to be. */
  atMs: number | null;
  private isReady = false;
  private isShown = false;
  private shownTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly scope = new AbortController();

  constructor(
    readonly video: HTMLVideoElement,
    readonly plan: DeckPlan,
    private readonly emit: (event: DeckEvent) => void,
  ) {
    this.atMs = plan.atMs;
    this.listen();
  }

  begin(createEngine: EngineFactory): void {
    const { tier, url, hints } = this.plan;
    createEngine(tier, this.video, (event) => this.tell(event), hints).then(
      (engine) => {
        if (this.scope.signal.aborted) return engine.close();
        this.engine = engine;
        engine.load(url);
      },
      // The engine's chunk did not come: as good as no network.
      () => this.tell({ type: "failed", failure: "network" }),
    );
  }

  /** Elsewhere than planned, while it is still on its way. */
  aimAt(dateMs: number): void {
    this.atMs = dateMs;
    if (this.isReady) this.engine?.seek(dateMs);
  }

  /** Plays behind the one in front; without sound every browser lets it. */
  playUnheard(): void {
    this.video.muted = true;
    this.video.play().catch(() => this.tell({ type: "failed", failure: "media" }));
  }

  /** It waits where it is, whatever the edge does; that picture will be drawn in a moment. */
  standStill(): void {
    this.engine?.hold();
    this.showSoon(STILL_MS);
  }

  close(): void {
    if (this.scope.signal.aborted) return;
    this.scope.abort();
    clearTimeout(this.shownTimer);
    this.engine?.close();
    this.video.pause();
  }

  private tell(event: DeckEvent): void {
    if (this.scope.signal.aborted) return;
    if (event.type === "ready") {
      this.isReady = true;
      if (this.atMs !== null) this.engine?.seek(this.atMs);
    }
    if (event.type === "qualities") this.qualities = event.qualities;
    if (event.type === "quality") this.current = event.id;
    this.emit(event);
  }

  private listen(): void {
    const on = (name: string, event: DeckEvent) =>
      this.video.addEventListener(name, () => this.tell(event), { signal: this.scope.signal });
    this.video.addEventListener("loadeddata", () => (this.hasFrame = true), { signal: this.scope.signal });
    this.video.addEventListener("playing", () => this.showSoon(UNSEEN_MS), { signal: this.scope.signal });
    on("loadeddata", { type: "frame" });
    on("playing", { type: "playing" });
    on("pause", { type: "paused" });
    on("waiting", { type: "waiting" });
    on("volumechange", { type: "volume" });
  }

  private showSoon(atLatestMs: number): void {
    const show = () => {
      if (this.isShown) return;
      this.isShown = true;
      clearTimeout(this.shownTimer);
      this.tell({ type: "shown" });
    };
    clearTimeout(this.shownTimer);
    this.shownTimer = setTimeout(show, atLatestMs);
    if ("requestVideoFrameCallback" in this.video) this.video.requestVideoFrameCallback(show);
  }
}
