import type Hls from "hls.js";
import { Events, type FragmentLoaderContext, type HlsConfig, type LevelDetails } from "hls.js";
import { CMCD_DATA_ID, randomId, withCmcd } from "./cmcd.ts";
import type { EngineEvent, EngineHints } from "./engine.ts";
import { dropFirstParts, goOnAfter } from "./hlsjs-lists.ts";
import { MediaWatch, type OnItsWay } from "./hlsjs-loader.ts";
import { levelName } from "./level-name.ts";
import { bufferAhead } from "./player-figures.ts";
import { firstRung, UNKNOWN_NETWORK_BPS } from "./quality.ts";
import { affordable, leaveNow, RungChoice } from "./rung-choice.ts";
import { RungWaking } from "./rung-waking.ts";
import { Throughput } from "./throughput.ts";

const LOOK_EVERY_MS = 50;
/** A body that is so young tells nothing of its rate. */
const YOUNG_MS = 120;
/** So much of the new rung is there when it is shown. */
const SHOWN_AHEAD_S = 0.1;
/** Longer than any part takes on a line that carries it. */
const LONG_MS = 300;
/** What the requests of the low tier cost beside the media: twenty a second, playlists and headers. */
const REQUESTS_BPS = 120_000;
/** So long too little, or plenty, before the tier is given up, or wished back. */
const STARVED_MS = 4_000;
const DRY_S = 0.1;
const RELIEVED_MS = 10_000;
const PLENTY = 2;
/** A place on the border of two segments is in the second. */
const BORDER_S = 0.05;
/** No byte for so long is worse than slow. */
const SILENT_MS = 600;

const ON_DEMAND_DATA_ID = "tv.footlight.on-demand";

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
  /** Chosen, but asleep: the rung below plays on until it has woken. */
  private awaited: number | null = null;
  private lastLoadedSn = -1;
  private readonly waking = new RungWaking(() => this.byParts || this.commit());
  private readonly media = new MediaWatch((transfer) => this.throughput.note(transfer));
  /** What was too slow when last looked at; a busy thread may only not have heard of it yet. */
  private suspects = new Set<OnItsWay>();
  private timer: ReturnType<typeof setInterval> | undefined;
  /** Whose list came last. */
  private listedLevel = -1;
  private tellsOrigin = false;
  private readonly sessionId = randomId();
  /** The segment that was left in its middle. */
  private leftSn: number | null = null;
  /** Since when the line has given too little for this tier, or plenty for the lower one. */
  private sinceMs: number | null = null;
  /** When the buffer was last empty. */
  private dryMs = Number.NEGATIVE_INFINITY;

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
    return { abrController: Plug as never, fLoader: this.media.loader((context) => this.addressed(context)) };
  }

  get throughputBps(): number | null {
    return this.throughput.bps;
  }

  /** Something has been on its way for long: it is the line's turn, not ours. */
  get waiting(): boolean {
    const nowMs = performance.now();
    return [...this.media.onTheirWay].some(({ stats }) => nowMs - stats.loading.start > LONG_MS);
  }

  /** Index of a rung, or -1 for `auto`. */
  pin(index: number): void {
    this.pinned = index;
    if (!this.byParts) this.commit();
    else if (index >= 0) this.ready(index);
  }

  // What hls.js asks (AbrComponentAPI).
  get firstAutoLevel(): number {
    return this.level;
  }

  get forcedAutoLevel(): number {
    return -1;
  }

  get nextAutoLevel(): number {
    // Who has rewound to before it woke, or the encoder of the rung has failed.
    if (this.hasGap(this.level)) this.level = this.waking.standIn(this.level);
    return Math.min(this.level, (this.hls?.levels.length ?? 1) - 1);
  }

  /** hls.js's own wish, after errors. */
  set nextAutoLevel(index: number) {
    this.level = Math.max(0, index);
  }

  resetEstimator(): void {}

  destroy(): void {
    clearInterval(this.timer);
    this.media.close();
    this.waking.close();
    this.hls = null;
  }

  private attach(hls: Hls): void {
    this.hls = hls;
    hls.on(Events.MANIFEST_PARSED, (_event, { levels, sessionData }) => {
      this.lastLoadedSn = -1;
      this.awaited = null;
      this.tellsOrigin = sessionData?.[CMCD_DATA_ID]?.["VALUE"] === "query";
      const onDemand = String(sessionData?.[ON_DEMAND_DATA_ID]?.["VALUE"] ?? "").split(",");
      this.waking.begin(levels.flatMap((level, i) => (onDemand.includes(levelName(level)) ? [i] : [])));
      const bitrates = levels.map(({ bitrate }) => bitrate);
      const first =
        this.pinned >= 0 && this.pinned < levels.length
          ? this.pinned
          : Math.min(firstRung(bitrates, this.hints.throughputBps), this.cap);
      this.level = this.waking.standIn(first);
      hls.startLevel = this.level;
    });
    hls.on(Events.FRAG_LOADED, (_event, { frag, part }) => {
      if (frag.type !== "main" || typeof frag.sn !== "number") return;
      this.lastLoadedSn = frag.sn;
      if (!part) this.commit();
      else this.leaveInNeed(this.throughput.bps ?? UNKNOWN_NETWORK_BPS);
    });
    hls.on(Events.LEVEL_LOADED, (_event, { details }) => dropFirstParts(details));
    hls.on(Events.LEVEL_UPDATED, (_event, { details, level }) => {
      const bufferedEndS = hls.mainForwardBufferInfo?.end;
      if (level !== this.listedLevel && bufferedEndS !== undefined) goOnAfter(details, bufferedEndS);
      this.listedLevel = level;
      if (!details.partList?.length || details.lastPartSn > this.lastLoadedSn) this.commit();
    });
    hls.on(Events.BUFFER_APPENDED, (_event, { type, frag, part }) => {
      if (type === "video") this.showAnew(Number(frag.sn), frag.level, part?.end ?? frag.end);
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

  private addressed({ url, frag, part }: FragmentLoaderContext): string {
    const { hls } = this;
    if (!this.tellsOrigin || !hls?.media) return url;
    const bufferS = bufferAhead(hls.media);
    const media = frag.type === "audio" ? "audio" : "video";
    return withCmcd(url, {
      sessionId: this.sessionId,
      kind: frag.sn === "initSegment" ? "init" : media,
      bitrateBps: media === "video" ? (hls.levels[frag.level]?.bitrate ?? 0) : 0,
      topBps: Math.max(0, ...this.bitrates),
      durationS: frag.sn === "initSegment" ? 0 : (part ?? frag).duration,
      bufferS,
      throughputBps: this.throughput.bps,
      starved: bufferS < DRY_S,
    });
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

  /** A segment begins: the rung may change. */
  private commit(): void {
    const { bitrates, pinned } = this;
    if (pinned >= 0 && pinned < bitrates.length) {
      if (!this.hasGap(pinned) && this.ready(pinned)) this.level = pinned;
      return;
    }
    if (!this.throughput.measured || bitrates.length === 0) return;
    const current = Math.min(this.level, bitrates.length - 1);
    const throughputBps = this.throughput.bps ?? UNKNOWN_NETWORK_BPS;
    const { cap } = this;
    const facts = { bitratesBps: bitrates, current, cap, throughputBps, nowMs: performance.now() };
    const next = this.choice.next(facts);
    if (next > current) this.awaited = next;
    else if (next < current || (this.awaited ?? 0) > affordable(bitrates, throughputBps)) this.awaited = null;
    const wanted = this.awaited ?? next;
    if (wanted !== current && !this.hasGap(wanted) && this.ready(wanted)) {
      this.awaited = null;
      this.level = wanted;
    } else if (next < current) this.level = this.waking.standIn(next);
  }

  /** Whether a rung can be gone to; a sleeping one is woken. */
  private ready(index: number): boolean {
    const level = this.hls?.levels[index];
    const keptMs = (2 * (this.details()?.targetduration ?? 2) + 1) * 1_000;
    return level !== undefined && (index === this.level || this.waking.ready(index, level.uri, keptMs));
  }

  /** A rung that slept has nothing at the place that is to be loaded next. */
  private hasGap(index: number): boolean {
    const { hls } = this;
    const details = hls?.levels[index]?.details;
    if (!hls?.media || !details) return false;
    const placeS = (hls.mainForwardBufferInfo?.end ?? hls.media.currentTime) + BORDER_S;
    const fragment = details.fragments.find(({ start, end }) => start <= placeS && placeS < end);
    return fragment?.tagList.some(([tag]) => tag === "GAP") ?? false;
  }

  /** At what is on its way just now: a body that comes far too slowly is not waited for. */
  private look(): void {
    const nowMs = performance.now();
    this.weighTier(nowMs);
    for (const way of this.media.onTheirWay) {
      const { context, stats } = way;
      if (context.frag.type !== "main" || typeof context.frag.sn !== "number") continue;
      const { start, first } = stats.loading;
      const forMs = nowMs - (first || start);
      if (forMs < (first ? YOUNG_MS : SILENT_MS)) continue;
      const rateBps = (Math.max(1, stats.loaded) * 8_000) / forMs;
      const known = this.throughput.bps;
      this.leaveInNeed(known === null ? rateBps : Math.min(known, rateBps), way);
    }
  }

  /**
   * Browsers go on with what they have decoded of the rung that was left, and then wait for a keyframe
   * of the other: of the next segment. A seek to where they are finds the one that has just come.
   */
  private showAnew(sn: number, level: number, endS: number): void {
    const media = this.hls?.media;
    if (this.leftSn === null || !media || level !== this.level) return;
    if (sn > this.leftSn) this.leftSn = null;
    else if (endS > media.currentTime + SHOWN_AHEAD_S && !media.seeking) {
      this.leftSn = null;
      media.currentTime += 0.001;
    }
  }

  private suspected(way: OnItsWay): boolean {
    const before = this.suspects.has(way);
    this.suspects = new Set([way]);
    return before;
  }

  /** Whether the line carries the low tier at all, or would. */
  private weighTier(nowMs: number): void {
    const bps = this.throughput.bps;
    const lowestBps = this.bitrates[0];
    if (!this.throughput.measured || bps === null || lowestBps === undefined) return;
    const neededBps = lowestBps + REQUESTS_BPS;
    const low = this.byParts;
    const media = this.hls?.media;
    if (media && bufferAhead(media) < DRY_S && !media.paused) this.dryMs = nowMs;
    // A line that seems thin, but keeps the picture moving, will do.
    const thin = bps < neededBps && nowMs - this.dryMs < STARVED_MS;
    if (low ? !thin : bps < PLENTY * neededBps) this.sinceMs = null;
    else this.sinceMs ??= nowMs;
    if (this.sinceMs === null || nowMs - this.sinceMs < (low ? STARVED_MS : RELIEVED_MS)) return;
    this.sinceMs = null;
    this.emit({ type: low ? "starved" : "relieved" });
  }

  private leaveInNeed(rateBps: number, way?: OnItsWay): void {
    const { hls, bitrates } = this;
    const details = this.details();
    if (!hls?.media || !details || this.pinned >= 0 || hls.media.paused) return;
    // hls.js fetches a segment's parts to the end in one rung, whichever is chosen meanwhile.
    const current = way?.context.frag.level ?? hls.loadLevel;
    if (current <= 0) return;
    const lower = this.waking.standIn(Math.min(current - 1, affordable(bitrates, rateBps)));
    const fragment = way?.context.frag ?? details.fragmentHint;
    if (!fragment) return;
    const bufferS = bufferAhead(hls.media);
    const endS = hls.media.currentTime + bufferS;
    const behindS = Math.max(0, endS - fragment.start);
    const lengthS = Math.max(details.levelTargetDuration, behindS);
    const facts = { rateBps, currentBps: bitrates[current] ?? 0, lowerBps: bitrates[lower] ?? 0 };
    if (way && (bufferS > missingS(way, rateBps, facts.currentBps) || !this.suspected(way))) return;
    if (!leaveNow({ ...facts, behindS, aheadS: lengthS - behindS, bufferS })) return;
    this.choice.noteDown(performance.now());
    this.level = lower;
    this.leftSn = Number(fragment.sn);
    if (!way) return;
    const { loading, loaded } = way.stats;
    this.throughput.note({
      firstMs: loading.first || loading.start,
      endMs: performance.now(),
      bytes: loaded,
    });
    const { frag, part = null } = way.context;
    frag.abortRequests();
    // The abort reaches hls.js by promises; after them it is told to go on, with the new rung.
    setTimeout(() => this.hls?.trigger(Events.FRAG_LOAD_EMERGENCY_ABORTED, { frag, part, stats: way.stats }));
  }
}

/** How long the rest of a part or segment takes at this rate. */
const missingS = ({ context, stats }: OnItsWay, rateBps: number, bitrateBps: number): number => {
  const { duration } = context.part ?? context.frag;
  const bytes = stats.total || (duration * bitrateBps) / 8;
  return (Math.max(0, bytes - stats.loaded) * 8) / rateBps;
};
