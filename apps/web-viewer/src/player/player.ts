import { Store } from "@footlight/ui/store.ts";
import type { Deck } from "./deck.ts";
import { Decks, type DecksEvent } from "./decks.ts";
import type { EngineFactory, EngineFailure } from "./engine.ts";
import type { TierNotice } from "./fall-back.ts";
import type { PlayerMemory } from "./memory.ts";
import { bufferAhead, figuresOf } from "./player-figures.ts";
import { PlayerSound } from "./player-sound.ts";
import { type PlayerSource, tierUrls } from "./player-source.ts";
import { NOTHING, type PlayerFigures, type PlayerSnapshot, type PlayerState } from "./player-state.ts";
import { sameRungs } from "./quality.ts";
import type { Screen } from "./screen.ts";
import type { TierWish } from "./tier-choice.ts";
import { TierPilot } from "./tier-pilot.ts";
import { type Timeline, timelineOf } from "./timeline.ts";
import type { WatchUltra } from "./ultra-link.ts";

/** Waits before the next engine is tried; the last one goes on for as long as somebody watches. */
const RETRY_MS = [300, 1_000, 2_000, 4_000, 8_000];
/** Longer than this without a move of the picture, and the engine is taken down and built anew. */
const FROZEN_MS = 15_000;
const STEADY_MS = 10_000;
const OLDEST_KEPT_OFF_MS = 6_000;
/**
 * The player as a plain object: one state, one deck in front and now and then another on its way. React
 * reads `snapshot`; everything it owns ends with `close()`.
 */
export class Player {
  readonly snapshot: Store<PlayerSnapshot>;
  private readonly decks: Decks;
  private readonly pilot: TierPilot;
  private source: PlayerSource | null = null;
  private attempt = 0;
  private stalls = 0;
  private loadedAt = 0;
  private firstFrameMs: number | null = null;
  wantsPause = false;
  private readonly sound: PlayerSound;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private frozenTimer: ReturnType<typeof setInterval> | undefined;
  private steadyTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    screen: Screen,
    createEngine: EngineFactory,
    private readonly memory: PlayerMemory,
    options: { readonly startMuted?: boolean; readonly watchUltra?: WatchUltra } = {},
  ) {
    this.sound = new PlayerSound(memory, options.startMuted === true);
    this.decks = new Decks(screen, createEngine, this.sound, (event, deck) => this.onDeck(event, deck));
    this.snapshot = new Store<PlayerSnapshot>({
      ...NOTHING,
      ...this.sound.facts,
      dataSaver: memory.dataSaver(),
      wish: memory.tierWish(),
    });
    this.pilot = new TierPilot(this.decks, this, memory, options.watchUltra);
  }

  /** The element in front. */
  get video(): HTMLVideoElement | null {
    return this.decks.front?.video ?? null;
  }

  load(source: PlayerSource): void {
    const before = this.source;
    this.source = source;
    this.pilot.follow(source);
    this.patch({ tiers: [...tierUrls(source).keys()] });
    if (before?.url === source.url && sameRungs(before.rungs, source.rungs)) {
      if (before.waiting && !source.waiting) {
        this.attempt = 0;
        this.pilot.hope();
        if (this.state.kind === "failed") this.retry();
      }
      return;
    }
    this.attempt = 0;
    if (before?.url !== source.url) {
      this.loadedAt = performance.now();
      this.firstFrameMs = null;
      this.drop();
      this.pilot.forget();
    }
    if (this.decks.front?.plan.tier !== "ultra") this.rebuild();
    this.pilot.steer();
  }

  /** Nothing to play any more; `load` begins anew. */
  unload(): void {
    this.close();
    this.pilot.forget();
    this.patch({ qualities: [], current: null, hasFrame: false, tier: null, tiers: [] });
    this.enter({ kind: "idle" });
  }

  retry(): void {
    this.attempt = 0;
    if (this.source) this.rebuild();
  }

  async play(): Promise<void> {
    this.wantsPause = false;
    const { front } = this.decks;
    if (!front) return;
    this.pilot.stayLive();
    const window = front.engine?.window();
    // Paused for longer than the rewind window is: the place is gone.
    if (window && window.positionMs < window.startMs) front.engine?.toLive();
    try {
      await front.video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      if (front.video.muted) {
        this.wantsPause = true;
        this.enter({ kind: "paused" });
        return;
      }
      this.sound.muted = true;
      front.video.muted = true;
      this.patch({ mutedByBrowser: true });
      await this.play();
    }
  }

  pause(): void {
    this.wantsPause = true;
    this.video?.pause();
  }

  toggle(): void {
    if (this.video && !this.video.paused) this.pause();
    else void this.play();
  }

  toLive(): void {
    this.pilot.toLive();
    if (this.video?.paused) void this.play();
  }

  /** What can be seen of the stream, and where in it the viewer is; null while that is not known. */
  timeline(): Timeline | null {
    const window = this.pilot.window();
    return window ? timelineOf(window, this.source?.startedAtMs ?? window.startMs) : null;
  }

  /** To a place by the stream's time (seconds since its start); past the live place is live. */
  seek(streamS: number): void {
    const window = this.pilot.window();
    if (!window) return;
    const wantedMs = (this.source?.startedAtMs ?? window.startMs) + streamS * 1000;
    // The oldest segments are deleted while they are being fetched.
    const firstMs = Math.min(window.liveMs, window.startMs + OLDEST_KEPT_OFF_MS);
    this.pilot.seek(Math.max(firstMs, wantedMs));
  }

  seekBy(seconds: number): void {
    const timeline = this.timeline();
    if (timeline) this.seek(timeline.positionS + seconds);
  }

  setMuted(muted: boolean): void {
    this.chooseSound(!muted && this.sound.volume === 0 ? { muted, volume: 0.5 } : { muted });
  }

  setVolume(volume: number): void {
    this.chooseSound({ volume, muted: volume <= 0 });
  }

  /** At once: `volumechange` comes later, and a second key press before it must not be lost. */
  private chooseSound(choice: { volume?: number; muted: boolean }): void {
    this.sound.choose(this.video, choice);
    this.patch({ ...this.sound.facts, mutedByBrowser: false });
  }

  /** WebRTC has one quality, the browser's and the server's: who wants another gets it by HLS. */
  select(quality: string): void {
    this.patch({ selected: quality });
    this.decks.front?.engine?.select(quality);
    this.pilot.steer();
  }

  /** By the viewer's own word; a tier that failed before is tried again. */
  setTier(wish: TierWish): void {
    this.memory.keepTierWish(wish);
    this.patch({ wish });
    this.pilot.chosen();
  }

  /** At most 480 lines, and the standard tier, which needs fewer requests. */
  setDataSaver(on: boolean): void {
    this.memory.keepDataSaver(on);
    this.patch({ dataSaver: on });
    if (this.source) this.rebuild();
    this.pilot.steer();
  }

  figures(): PlayerFigures {
    const { current, qualities } = this.snapshot.get();
    const label = qualities.find((quality) => quality.id === current)?.label ?? "–";
    return figuresOf(this.decks.front, { label, stalls: this.stalls, firstFrameMs: this.firstFrameMs });
  }

  close(): void {
    this.source = null;
    this.drop();
    this.pilot.close();
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
    const { throughputBps } = this.decks.front?.engine?.figures() ?? {};
    if (throughputBps) this.memory.keepThroughput(throughputBps);
  }

  /** An interrupted stream stands still by right: its engine goes on asking. */
  private onFrozen(): void {
    if (!this.source?.waiting) this.recover("network");
  }

  private patch(patch: Partial<PlayerSnapshot>): void {
    this.snapshot.set({ ...this.snapshot.get(), ...patch });
  }

  private drop(): void {
    clearTimeout(this.retryTimer);
    clearInterval(this.frozenTimer);
    clearTimeout(this.steadyTimer);
    this.pilot.notePlace();
    this.decks.closeAll();
  }

  /** A new HLS engine; what is on the screen stays until it has a picture. */
  private rebuild(): void {
    clearTimeout(this.retryTimer);
    this.pilot.rebuild();
    this.patch({ lean: this.pilot.tiers.lean });
  }

  /** For the pilot. */
  onStanding(): void {
    if (this.state.kind !== "paused" || !this.snapshot.get().hasFrame) this.enter({ kind: "loading" });
  }

  /** For the pilot. */
  onTierNotice(tierNotice: TierNotice | null): void {
    this.patch({ tierNotice });
  }

  private onDeck(event: DecksEvent, deck: Deck): void {
    if (deck !== this.decks.front) {
      this.onComing(event, deck);
      return;
    }
    switch (event.type) {
      case "qualities":
      case "quality":
        this.tellQualities(deck);
        return;
      case "ready":
        if (!this.wantsPause) void this.play();
        return;
      case "frame":
        this.firstFrameMs ??= performance.now() - this.loadedAt;
        this.patch({ hasFrame: true, tier: deck.plan.tier });
        return;
      case "shown":
        return;
      case "swapped":
        this.onSwapped(deck);
        return;
      case "playing":
        this.enter({ kind: "playing" });
        return;
      case "paused":
        if (this.state.kind !== "playing" && this.state.kind !== "buffering") return;
        // Whoever paused it: a button here, a media key, the system.
        this.enter({ kind: "paused" });
        this.pilot.paused(deck);
        return;
      case "waiting":
      case "still":
        this.onWaiting(deck);
        return;
      case "moving":
        if (this.state.kind === "buffering") this.enter({ kind: "playing" });
        return;
      case "volume":
        this.sound.takeFrom(deck.video);
        this.patch(this.sound.facts);
        return;
      case "ended":
        this.enter({ kind: "ended" });
        return;
      case "starved":
        this.keepThroughput();
        if (this.pilot.starved(deck)) this.patch({ lean: this.pilot.tiers.lean });
        return;
      case "relieved":
        if (this.pilot.tiers.relieved(performance.now())) this.rebuild();
        return;
      case "failed":
        if (deck.plan.tier === "ultra") this.pilot.ultraFailed(deck);
        else this.recover(event.failure);
        return;
    }
  }

  /** Of a deck behind the one in front. */
  private onComing(event: DecksEvent, deck: Deck): void {
    if (event.type === "ready") {
      if (this.state.kind === "paused") deck.standStill();
      else deck.playUnheard();
    }
    if (event.type === "qualities") this.pin(deck);
    if (event.type !== "failed" && event.type !== "starved") return;
    const failure = event.type === "failed" ? event.failure : "network";
    this.pilot.comingFailed(deck, event.type === "failed" ? event : { type: "failed", failure });
    if (deck.plan.tier !== "ultra" && this.decks.front?.over) this.recover(failure);
  }

  /** The picture went over without a gap: what it does now is what the player does. */
  private onSwapped(deck: Deck): void {
    this.pilot.swapped(deck);
    this.firstFrameMs ??= performance.now() - this.loadedAt;
    this.patch({ hasFrame: true, current: null, tier: deck.plan.tier });
    this.tellQualities(deck);
    if (this.state.kind === "paused") {
      deck.video.pause();
      return;
    }
    this.enter({ kind: "playing" });
    // A browser may stop what played unheard when it is to be heard.
    if (deck.video.paused) void this.play();
  }

  private onWaiting(deck: Deck): void {
    // A seek of our own waits too, and is none.
    if (this.state.kind !== "playing" || deck.video.seeking || bufferAhead(deck.video) > 0.2) return;
    this.stalls += 1;
    deck.engine?.noteStall();
    this.enter({ kind: "buffering" });
  }

  private tellQualities(deck: Deck): void {
    const { selected } = this.snapshot.get();
    // Those of HLS stay on offer.
    if (deck.plan.tier === "ultra") return;
    const { qualities, current } = deck;
    const kept = qualities.some((quality) => quality.id === selected) ? selected : "auto";
    this.patch({ qualities, current, selected: kept });
    this.pin(deck);
  }

  private pin(deck: Deck): void {
    const { selected } = this.snapshot.get();
    if (deck.qualities.some(({ id }) => id === selected)) deck.engine?.select(selected);
  }

  /** The front has failed: its last picture stays, and another engine is tried soon. */
  private recover(failure: EngineFailure): void {
    const tired = this.attempt >= RETRY_MS.length + 3 && !this.source?.waiting;
    if (failure === "unsupported" || tired) {
      this.drop();
      this.enter({ kind: "failed", failure });
      return;
    }
    const waitMs = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)] ?? 0;
    this.attempt += 1;
    this.pilot.notePlace();
    this.decks.giveUpFront();
    this.enter({ kind: "recovering", attempt: this.attempt });
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.rebuild(), waitMs);
  }
}
