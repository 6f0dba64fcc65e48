import type Hls from "hls.js";
import { Events, type HlsConfig, type LevelDetails, type LoaderStats } from "hls.js";
import type { EngineEvent, EngineHints } from "./engine.ts";
import { MediaWatch, type OnItsWay } from "./hlsjs-loader.ts";
import { bufferAhead } from "./player-figures.ts";
import { firstRung, UNKNOWN_NETWORK_BPS } from "./quality.ts";
import { affordable, leaveNow, RungChoice } from "./rung-choice.ts";
import { Throughput } from "./throughput.ts";

const LOOK_EVERY_MS = 50;
/** A body that is so young tells nothing of its rate. */
const YOUNG_MS = 120;
/** What the requests of the low tier cost beside the media: twenty a second, playlists and headers. */
const REQUESTS_BPS = 120_000;
/** So long too little, or plenty, before the tier is given up, or wished back. */
const STARVED_MS = 4_000;
const RELIEVED_MS = 10_000;
const PLENTY = 2;
/** No byte for so long is worse than slow. */
const SILENT_MS = 600;

/**
 * Chooses the rung in hls.js's place. hls.js's own estimator takes parts for what the network gives, and
 * may change the rung in the middle of a segment, whose beginning then comes twice; here a rung changes
 * where the next segment begins, except in need.
 */
export class HlsAbr {
  private readonly throughput: Throughput;
  private readonly choice = new RungChoice();
  private hls: Hls | null = null;
  private level = 0;
  private pinned = -1;
  private lastLoadedSn = -1;
  private readonly media = new MediaWatch((stats) => this.noteTransfer(stats));
  private timer: ReturnType<typeof setInterval> | undefined;
  /** Since when the line has given too little for this tier, or plenty for the lower one. */
  private sinceMs: number | null = null;

  constructor(
    private readonly hints: EngineHints,
    private readonly emit: (event: EngineEvent) => void,
  ) {
    this.throughput = new Throughput(hints.throughputBps);
  }

  /** What makes hls.js ask here. */
  config(): Partial<HlsConfig> {
    const abr = this;
    class Plug {
      constructor(hls: Hls) {
        abr.attach(hls);
        // biome-ignore lint/correctness/noConstructorReturn: hls.js makes its controllers itself; this one exists
        return abr;
      }
    }
    // hls.js's types name its own class; it needs the five members below (AbrComponentAPI).
    return { abrController: Plug as never, fLoader: this.media.loader() };
  }

  get throughputBps(): number | null {
    return this.throughput.bps;
  }

  /** Index of a rung, or -1 for `auto`. */
  pin(index: number): void {
    this.pinned = index;
    if (!this.byParts) this.commit();
  }

  // What hls.js asks (AbrComponentAPI).
  get firstAutoLevel(): number {
    return this.level;
  }

  get forcedAutoLevel(): number {
    return -1;
  }

  get nextAutoLevel(): number {
    return Math.min(this.level, (this.hls?.levels.length ?? 1) - 1);
  }

  /** hls.js's own wish, after errors. */
  set nextAutoLevel(index: number) {
    this.level = Math.max(0, index);
  }

  resetEstimator(): void {}

  destroy(): void {
    clearInterval(this.timer);
    this.hls = null;
  }

  private attach(hls: Hls): void {
    this.hls = hls;
    hls.on(Events.MANIFEST_PARSED, (_event, { levels }) => {
      this.lastLoadedSn = -1;
      const bitrates = levels.map(({ bitrate }) => bitrate);
      this.level =
        this.pinned >= 0 && this.pinned < levels.length
          ? this.pinned
          : Math.min(firstRung(bitrates, this.hints.throughputBps), this.cap);
      hls.startLevel = this.level;
    });
    hls.on(Events.FRAG_LOADED, (_event, { frag, part }) => {
      if (frag.type !== "main" || typeof frag.sn !== "number") return;
      this.lastLoadedSn = frag.sn;
      if (!part) this.commit();
      else this.leaveInNeed(this.throughput.bps ?? UNKNOWN_NETWORK_BPS);
    });
    hls.on(Events.LEVEL_LOADED, (_event, { details }) => dropFirstParts(details));
    hls.on(Events.LEVEL_UPDATED, (_event, { details }) => {
      if (!details.partList?.length || details.lastPartSn > this.lastLoadedSn) this.commit();
    });
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** Highest index that `auto` may take. */
  private get cap(): number {
    const { maxLines } = this.hints;
    const levels = this.hls?.levels ?? [];
    if (maxLines === null) return levels.length - 1;
    const low = levels.filter(({ width, height }) => Math.min(height, width || height) <= maxLines);
    return Math.max(0, low.length - 1);
  }

  private get byParts(): boolean {
    return (this.details()?.partList?.length ?? 0) > 0;
  }

  private details(): LevelDetails | null {
    return this.hls?.latestLevelDetails ?? null;
  }

  private get bitrates(): number[] {
    return this.hls?.levels.map(({ bitrate }) => bitrate) ?? [];
  }

  private noteTransfer({ loading, loaded }: LoaderStats): void {
    this.throughput.note({ firstMs: loading.first, endMs: loading.end, bytes: loaded });
  }

  /** A segment begins: the rung may change. */
  private commit(): void {
    const { bitrates, pinned } = this;
    if (pinned >= 0 && pinned < bitrates.length) {
      this.level = pinned;
      return;
    }
    if (!this.throughput.measured || bitrates.length === 0) return;
    this.level = this.choice.next({
      bitratesBps: bitrates,
      current: Math.min(this.level, bitrates.length - 1),
      cap: this.cap,
      throughputBps: this.throughput.bps ?? UNKNOWN_NETWORK_BPS,
      nowMs: performance.now(),
    });
  }

  /** At what is on its way just now: a body that comes far too slowly is not waited for. */
  private look(): void {
    const nowMs = performance.now();
    this.weighTier(nowMs);
    for (const { context, stats } of this.media.onTheirWay) {
      if (context.frag.type !== "main" || typeof context.frag.sn !== "number") continue;
      const { start, first } = stats.loading;
      const forMs = nowMs - (first || start);
      if (forMs < (first ? YOUNG_MS : SILENT_MS)) continue;
      const rateBps = (Math.max(1, stats.loaded) * 8_000) / forMs;
      const known = this.throughput.bps;
      this.leaveInNeed(known === null ? rateBps : Math.min(known, rateBps), { context, stats });
    }
  }

  /** Whether the line carries the low tier at all, or would. */
  private weighTier(nowMs: number): void {
    const bps = this.throughput.bps;
    const lowestBps = this.bitrates[0];
    if (!this.throughput.measured || bps === null || lowestBps === undefined) return;
    const neededBps = lowestBps + REQUESTS_BPS;
    const low = this.byParts;
    if (low ? bps > neededBps : bps < PLENTY * neededBps) this.sinceMs = null;
    else this.sinceMs ??= nowMs;
    if (this.sinceMs === null || nowMs - this.sinceMs < (low ? STARVED_MS : RELIEVED_MS)) return;
    this.sinceMs = null;
    this.emit({ type: low ? "starved" : "relieved" });
  }

  private leaveInNeed(rateBps: number, way?: OnItsWay): void {
    const { hls, bitrates } = this;
    const details = this.details();
    if (!hls?.media || !details || this.pinned >= 0 || hls.media.paused) return;
    const current = way?.context.frag.level ?? this.level;
    if (current !== this.level || current <= 0) return;
    const lower = Math.min(current - 1, affordable(bitrates, rateBps));
    const fragment = way?.context.frag ?? details.fragmentHint;
    if (!fragment) return;
    const bufferS = bufferAhead(hls.media);
    const endS = hls.media.currentTime + bufferS;
    const behindS = Math.max(0, endS - fragment.start);
    const lengthS = Math.max(details.levelTargetDuration, behindS);
    const facts = { rateBps, currentBps: bitrates[current] ?? 0, lowerBps: bitrates[lower] ?? 0 };
    if (way && bufferS > missingS(way, rateBps, facts.currentBps)) return;
    if (!leaveNow({ ...facts, behindS, aheadS: lengthS - behindS, bufferS })) return;
    this.choice.noteDown(performance.now());
    this.level = lower;
    if (!way) return;
    this.noteTransfer({ ...way.stats, loading: { ...way.stats.loading, end: performance.now() } });
    const { frag, part = null } = way.context;
    frag.abortRequests();
    // The abort reaches hls.js by promises; after them it is told to go on, with the new rung.
    setTimeout(() => this.hls?.trigger(Events.FRAG_LOAD_EMERGENCY_ABORTED, { frag, part, stats: way.stats }));
  }
}

/**
 * hls.js 1.7.4 takes LAST-PART=0 of a rendition report for none and asks for this rendition's last part
 * instead (`switchParams`): up to a segment too far, and held as long. Without a report it asks for what
 * there is.
 */
const dropFirstParts = (details: LevelDetails): void => {
  if (details.renditionReports)
    details.renditionReports = details.renditionReports.filter((report) => report["LAST-PART"] !== "0");
};

/** How long the rest of a part or segment takes at this rate. */
const missingS = ({ context, stats }: OnItsWay, rateBps: number, bitrateBps: number): number => {
  const { duration } = context.part ?? context.frag;
  const bytes = stats.total || (duration * bitrateBps) / 8;
  return (Math.max(0, bytes - stats.loaded) * 8) / rateBps;
};
