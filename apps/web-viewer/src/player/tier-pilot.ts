import type { Tier } from "@footlight/shared";
import type { Store } from "@footlight/ui/store.ts";
import { type Deck, type DeckPlan, laneOf } from "./deck.ts";
import type { Decks } from "./decks.ts";
import type { EngineFailed, EngineWindow } from "./engine.ts";
import { FallBack, type FallReason, type TierNotice } from "./fall-back.ts";
import type { PlayerMemory } from "./memory.ts";
import { type PlayerSource, tierUrls } from "./player-source.ts";
import type { PlayerSnapshot } from "./player-state.ts";
import { TierChoice } from "./tier-choice.ts";
import { UltraFollower, type UltraNews, type WatchUltra } from "./ultra-link.ts";

/** As often it is looked at whether another tier should play. */
const STEER_MS = 500;
/** A switch to another tier of HLS that failed is not tried again sooner. */
const SWITCH_REST_MS = 10_000;
/** A place this near to the live one is live. */
const LIVE_WITHIN_MS = 1_000;
/** With data saving. */
const SAVED_LINES = 480;
const HLS: readonly Tier[] = ["low", "standard"];

/** What a pilot reads of its player. */
interface Piloted {
  readonly snapshot: Pick<Store<PlayerSnapshot>, "get">;
  readonly wantsPause: boolean;
  /** Nothing moves until the deck on its way has a picture. */
  onStanding(): void;
  onTierNotice(notice: TierNotice | null): void;
}

/**
 * Opens the decks: of the tier that the viewer wishes and the line carries, at the viewer's place. WebRTC
 * has no past, so whoever pauses or rewinds goes there by HLS, and comes back with the live edge.
 */
export class TierPilot {
  readonly tiers = new TierChoice();
  private readonly ultra: UltraFollower;
  private readonly fallBack: FallBack;
  /** In front, while it is found out whether the news of another source is for it. */
  private doubted: Deck | null = null;
  /** WebRTC failed for want of a source or a server, not by this viewer's line. */
  private isCurable = false;
  private source: PlayerSource | null = null;
  /** The place of a viewer who is not at the live edge, for the next engine; by the stream's dates. */
  private keptMs: number | null = null;
  private switchRestMs = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly decks: Decks,
    private readonly player: Piloted,
    private readonly memory: PlayerMemory,
    watchUltra: WatchUltra | undefined,
  ) {
    this.fallBack = new FallBack((notice) => player.onTierNotice(notice));
    this.ultra = new UltraFollower(watchUltra, (news) => this.onUltra(news));
  }

  follow(source: PlayerSource): void {
    this.source = source;
    this.ultra.follow(source.whepUrl && source.streamId);
    this.timer ??= setInterval(() => this.steer(), STEER_MS);
  }

  /** Another stream comes, or none: nothing of this one's place and tiers holds. */
  forget(): void {
    this.keptMs = null;
    this.tiers.forget();
    this.fallBack.forget();
    this.ultra.parted();
  }

  close(): void {
    this.fallBack.forget();
    this.source = null;
    clearInterval(this.timer);
    this.timer = undefined;
    this.ultra.follow(undefined);
  }

  /** Where the viewer is going to be, while the deck that brings them there is on its way. */
  window(): EngineWindow | null {
    const window = this.decks.front?.engine?.window() ?? null;
    const { atMs } = this.decks.onItsWay("hls") ?? { atMs: null };
    return window && atMs !== null ? { ...window, positionMs: atMs, live: false } : window;
  }

  notePlace(): void {
    const window = this.window();
    if (window) this.keptMs = window.live ? null : window.positionMs;
  }

  /** A new HLS engine, in the tier that is wanted now. */
  rebuild(): void {
    if (!this.source) return;
    this.notePlace();
    this.openHls(this.source);
  }

  /** Opens what should play and does not: after a rest, at the edge again, by the viewer's choice. */
  steer(): void {
    const { source, decks } = this;
    const { front } = decks;
    const { state, selected } = this.player.snapshot.get();
    if (!source || !front || state.kind === "ended") return;
    const hasUltra = selected === "auto" && this.ultra.state?.available !== false;
    const wanted = this.wanted(source, hasUltra ? ["ultra", ...HLS] : HLS);
    if (wanted === "ultra") {
      const isThere = front.plan.tier === "ultra" && !front.over;
      if (!isThere && !decks.onItsWay("webrtc") && this.isAtEdge(front))
        decks.open(this.planOf(source, wanted));
      return;
    }
    decks.cancel("webrtc");
    if (front.plan.tier === wanted || front.over || decks.onItsWay("hls")) return;
    if (front.hasFrame && performance.now() >= this.switchRestMs) this.rebuild();
  }

  /** The viewer's own word: what failed before is tried again. */
  chosen(): void {
    this.tiers.forget();
    this.fallBack.forget();
    this.switchRestMs = 0;
    this.steer();
  }

  /** What kept WebRTC from playing is over: the streamer was away. */
  hope(): void {
    this.tiers.hope("ultra");
    this.steer();
  }

  seek(placeMs: number): void {
    const { front } = this.decks;
    const window = this.window();
    if (front?.plan.tier !== "ultra") {
      this.decks.cancel("webrtc");
      this.decks.onItsWay("hls")?.aimAt(placeMs);
      front?.engine?.seek(placeMs);
    } else if (window && placeMs >= window.liveMs - LIVE_WITHIN_MS) this.toLive();
    else this.rewindTo(placeMs);
  }

  toLive(): void {
    this.stayLive();
    this.keptMs = null;
    this.decks.front?.engine?.toLive();
    this.steer();
  }

  /** Plays on in WebRTC before HLS had brought the viewer elsewhere. */
  stayLive(): void {
    const { front } = this.decks;
    if (front?.plan.tier !== "ultra" || front.over) return;
    this.decks.cancel("hls");
    this.keptMs = null;
  }

  paused(deck: Deck): void {
    deck.engine?.hold();
    this.decks.cancel("webrtc");
    if (deck.plan.tier === "ultra") this.rewindTo(deck.engine?.window()?.positionMs ?? null);
  }

  swapped(deck: Deck): void {
    this.keptMs = null;
    if (deck.plan.tier === "ultra") {
      this.ultra.connected();
      this.fallBack.back();
    } else this.ultra.parted();
  }

  /** Of a deck behind the one in front. */
  comingFailed(deck: Deck, { failure, retryAfterMs = 0 }: EngineFailed): void {
    this.decks.cancel(laneOf(deck));
    const nowMs = performance.now();
    if (deck.plan.tier !== "ultra") {
      this.switchRestMs = nowMs + SWITCH_REST_MS;
      return;
    }
    this.ultra.parted();
    this.tiers.starved("ultra", nowMs, retryAfterMs);
    this.isCurable = failure === "missing";
    if (failure !== "missing") this.fell(failure === "full" ? "full" : "blocked");
  }

  /** WebRTC in front has failed: its last picture stays until HLS has one. */
  ultraFailed(front: Deck): void {
    if (front.over) return;
    if (front === this.doubted) {
      this.connectAnew(front);
      return;
    }
    this.tiers.starved("ultra", performance.now());
    this.isCurable = true;
    this.fell("lost");
    this.leaveUltra(front);
  }

  /** What is in front does not carry. False where there is nowhere to go. */
  starved({ plan, over, engine }: Deck): boolean {
    if (plan.tier === "standard" || over || !this.source?.standardUrl) return false;
    this.tiers.starved(plan.tier, performance.now());
    if (plan.tier === "low") engine?.fade();
    else if (this.decks.onItsWay("hls")) return false;
    else {
      this.isCurable = false;
      this.fell("poor");
    }
    this.rebuild();
    return true;
  }

  /** Where nothing comes from the streamer it is nobody's connection. */
  private fell(reason: FallReason): void {
    if (!this.source?.waiting) this.fallBack.fell(reason);
  }

  private onUltra(news: UltraNews): void {
    if (news === "nothing" || (news === "hopeful" && !this.isCurable)) return;
    this.tiers.hope("ultra");
    const { front } = this.decks;
    if (news === "again" && front?.plan.tier === "ultra" && !front.over) void this.doubt(front);
    else this.steer();
  }

  /** Of a room's viewers some lose their media, some do not. */
  private async doubt(front: Deck): Promise<void> {
    if (this.doubted === front) return;
    this.doubted = front;
    const flows = await front.engine?.flows?.();
    if (this.doubted !== front) return;
    this.doubted = null;
    if (!flows && this.decks.front === front && !front.over) this.connectAnew(front);
  }

  private connectAnew(front: Deck): void {
    this.doubted = null;
    front.engine?.fade();
    this.leaveUltra(front);
    this.steer();
  }

  private leaveUltra(front: Deck): void {
    this.ultra.parted();
    front.over = true;
    if (this.decks.onItsWay("hls")) return;
    if (this.player.snapshot.get().state.kind === "paused")
      this.rewindTo(front.engine?.window()?.positionMs ?? null);
    else this.rebuild();
  }

  private rewindTo(placeMs: number | null): void {
    const coming = this.decks.onItsWay("hls");
    this.keptMs = placeMs;
    this.decks.cancel("webrtc");
    if (coming && placeMs !== null) coming.aimAt(placeMs);
    else if (this.source) this.openHls(this.source);
  }

  private openHls(source: PlayerSource): void {
    const { front } = this.decks;
    if (!front?.hasFrame || front.over) this.player.onStanding();
    this.decks.open(this.planOf(source, this.wanted(source, HLS)));
  }

  /** Of what the source offers and the viewer wishes, now. */
  private wanted(source: PlayerSource, among: readonly Tier[]): Tier {
    const { wish, dataSaver } = this.player.snapshot.get();
    const offered = [...tierUrls(source).keys()].filter((tier) => among.includes(tier));
    return this.tiers.wanted(offered, dataSaver ? "standard" : wish, performance.now());
  }

  private planOf(source: PlayerSource, tier: Tier): DeckPlan {
    const hints = {
      throughputBps: this.memory.throughputBps(),
      maxLines: this.player.snapshot.get().dataSaver ? SAVED_LINES : null,
      startedAtMs: source.startedAtMs ?? null,
      rtpClock: () => this.ultra.state?.clock ?? null,
    };
    return { tier, url: tierUrls(source).get(tier) ?? source.url, atMs: this.keptMs, hints };
  }

  /** Neither paused nor behind: a picture of this moment would do. */
  private isAtEdge(front: Deck): boolean {
    const { state } = this.player.snapshot.get();
    if (this.player.wantsPause || this.keptMs !== null || state.kind === "paused") return false;
    if (front.over || !front.hasFrame) return true;
    return state.kind === "playing" && this.window()?.live === true;
  }
}
