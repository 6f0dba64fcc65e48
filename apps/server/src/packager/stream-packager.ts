import type { StreamId } from "@footlight/shared";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { MediaSink, Rendition, RenditionUnit, Run } from "../stream/media-sink.ts";
import { ActiveRun } from "./active-run.ts";
import type { Part, SegmentBytes } from "./cutter.ts";
import { DashView } from "./dash-view.ts";
import { MasterView, type Quality } from "./master.ts";
import { OnDemand } from "./on-demand.ts";
import type {
  PackagerHistory,
  PackagerSettings,
  PackagerStats,
  StreamPackagerOptions,
} from "./packager-options.ts";
import { cutLength90k, partTarget90k } from "./part-target.ts";
import type { PlaylistBody } from "./playlist-body.ts";
import { RenditionView } from "./rendition-view.ts";
import type { SlotSpan } from "./run-grid.ts";
import { describeRun, type RunInfo } from "./runs.ts";
import { SlotLog } from "./slot-log.ts";
import { SlotWriter } from "./slot-writer.ts";
import { StreamMedia } from "./stream-media.ts";
import { type StreamStore, streamPrefix } from "./stream-store.ts";
import type { Waiting } from "./waiters.ts";

/** Slots that stay in memory after the newest ones, for players that are still fetching. */
const SPARE_SLOTS = 3;
/** Media is deleted so long after it has left the playlists, for players that still know of it. */
const DELETE_AFTER_S = 60;

/**
 * One stream's segments, parts and playlists. Takes units (`MediaSink`), gives bytes to the origin.
 *
 * Memory: (liveWindowSegments + 3) slots of all renditions, i.e. about
 * 13 × period × Σ bitrate / 8 (64 MB for the six-rung 1080p60 ladder at 20 Mbit/s), one open
 * segment a rendition, and at most 64 MiB that waits for a slow disk.
 */
export class StreamPackager implements MediaSink, AsyncDisposable {
  readonly streamId: StreamId;
  readonly epochMs: number;
  readonly settings: PackagerSettings;
  readonly log: SlotLog;
  readonly runs = new Map<number, RunInfo>();
  readonly onDemand: OnDemand;
  readonly media: StreamMedia;
  readonly #views = new Map<string, RenditionView>();
  readonly #store: StreamStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #lowLatency: boolean;
  readonly #slots: SlotWriter;
  readonly #master = new MasterView(this.#views, {
    clockSource: () => this.log.last?.clock.source ?? "arrival",
    onDemand: (rendition) => this.onDemand.has(rendition),
  });
  readonly #dash: DashView;
  /** One value for the stream's whole life, set by its first run. */
  #partTarget90k: number | undefined;
  #state: "open" | "ended" | "closed" = "open";
  #endedAtMs: number | undefined;
  #active: ActiveRun | undefined;
  #droppedUnits = 0;

  constructor(options: StreamPackagerOptions) {
    this.streamId = options.streamId;
    this.epochMs = options.epochMs;
    this.settings = options.settings;
    this.#lowLatency = options.lowLatency;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.onDemand = new OnDemand(options.demanded);
    this.#dash = new DashView({
      source: this,
      listedFrom: () => this.#listedFrom(),
      nowMs: () => this.#clock.nowMs(),
    });
    const { history } = options;
    this.log = new SlotLog({
      firstSeq: history?.firstSeq ?? 0,
      memorySlots: options.settings.liveWindowSegments + SPARE_SLOTS,
    });
    if (history !== undefined) this.#take(history);
    this.#slots = new SlotWriter({
      log: this.log,
      runs: this.runs,
      views: this.#views,
      store: this.#store,
      nowMs: () => this.#clock.nowMs(),
      published: options.published ?? (() => {}),
      recording: options.recording,
      cut: () => this.#pastCut(),
    });
    this.media = new StreamMedia({
      streamId: this.streamId,
      log: this.log,
      runs: this.runs,
      views: this.#views,
      store: this.#store,
      makesParts: () => this.#partTarget90k !== undefined && !this.ended,
    });
    if (options.ended === true) {
      this.#state = "ended";
      this.#endedAtMs = this.#clock.monotonicMs();
    }
  }

  get targetDurationS(): number {
    return this.settings.targetDurationS;
  }

  get partTargetS(): number | undefined {
    return this.#partTarget90k === undefined ? undefined : this.#partTarget90k / 90_000;
  }

  get views(): ReadonlyMap<string, RenditionView> {
    return this.#views;
  }

  /** The run that gets media now, and its grid. */
  get openRun(): { readonly number: number; readonly period90k: number } | undefined {
    const active = this.#active;
    return active && { number: active.info.number, period90k: active.run.grid.period90k };
  }

  get ended(): boolean {
    return this.#state === "ended";
  }

  /** Monotonic time at which ENDLIST was written. */
  get endedAtMs(): number | undefined {
    return this.#endedAtMs;
  }

  // MediaSink

  startRun(run: Run): void {
    if (this.#state !== "open") return;
    this.endRun();
    this.onDemand.startRun(run);
    this.#begin(run);
  }

  wake(rendition: string, from90k: number): void {
    this.onDemand.wake(rendition, from90k, this.#active?.assembler);
  }

  sleep(rendition: string, from90k: number): void {
    this.onDemand.sleep(rendition, from90k, this.#active?.assembler);
  }

  configure(rendition: string, config: Uint8Array): void {
    const active = this.#active;
    if (active?.configure(rendition, config) !== "changed") return;
    // A decoder cannot change in the middle of a run that players have seen: all renditions start
    // another one together, so that their discontinuities agree.
    if (this.log.last?.run === active.info.number) this.#restartRun("config_changed");
  }

  push(rendition: string, unit: RenditionUnit): void {
    this.#active?.push(rendition, unit);
  }

  endRendition(rendition: string): void {
    this.onDemand.giveUp(rendition);
    this.#active?.assembler.endRendition(rendition);
    this.#master.invalidate();
    this.#checkMaster();
  }

  endRun(): void {
    this.onDemand.endRun();
    this.#finishRun({ partial: true });
  }

  // Life

  /** ENDLIST is in the playlists when this is called; resolves when everything is stored. */
  async end(): Promise<void> {
    if (this.#state === "open") {
      this.endRun();
      this.#state = "ended";
      this.#endedAtMs = this.#clock.monotonicMs();
      this.#master.invalidate();
      this.#dash.invalidate();
      this.#wakeAll();
    }
    await this.#store.drain();
  }

  /** The server goes down: keeps whole segments only, stores all, writes no ENDLIST. */
  async suspend(): Promise<void> {
    if (this.#state === "open") {
      this.#finishRun({ partial: false });
      await this.#store.drain();
      await this.#store.putMarker(`${streamPrefix(this.streamId)}suspended`, String(this.log.nextSeq));
    }
    await this.close();
  }

  async close(): Promise<void> {
    if (this.#state === "open") this.#finishRun({ partial: false });
    this.#state = "closed";
    this.#wakeAll();
    await this.#store.drain();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Deletes what fell out of the rewind window, unless the stream is recorded. */
  expire(): void {
    const last = this.log.last;
    if (last === undefined || this.#state === "closed") return;
    const listed90k = this.log.get(this.#windowFrom())?.start90k ?? last.start90k;
    this.#slots.past.expire(listed90k - DELETE_AFTER_S * 90_000);
  }

  /** Forgets what was shown until so long from now, see `Past`. Resolves with the start of what is left. */
  async cutPast(afterMs = 0): Promise<number | undefined> {
    const from90k = (this.#clock.nowMs() + afterMs - this.epochMs) * 90;
    return this.open ? this.#slots.past.cut(from90k, { afterMs }) : undefined;
  }

  /** Takes media still: not ended, not gone to rest. */
  get open(): boolean {
    return this.#state === "open";
  }

  // What the origin reads

  /** Undefined until the first run has something to play. `parts`: of the low-latency playlists. */
  master(form: { readonly parts: boolean }): PlaylistBody | undefined {
    return this.#master.body(form);
  }

  /** The DASH manifest; undefined until there is something to play. */
  manifest(): PlaylistBody | undefined {
    return this.#dash.body();
  }

  /** Resolves true when there is a master. */
  whenReady(timeoutMs: number): Waiting {
    return this.#master.whenReady(timeoutMs);
  }

  qualities(): readonly Quality[] {
    return this.#master.qualities();
  }

  view(rendition: string): RenditionView | undefined {
    return this.#views.get(rendition);
  }

  /** Requests that wait now. */
  get blocked(): number {
    return [...this.#views.values()].reduce((sum, view) => sum + view.blocked, this.#master.blocked);
  }

  stats(): PackagerStats {
    const droppedUnits = this.#droppedUnits + (this.#active?.droppedUnits ?? 0);
    return { ...this.#slots.stats(), droppedUnits, blocked: this.blocked };
  }

  // Inside

  #take(history: PackagerHistory): void {
    for (const info of history.runs) this.runs.set(info.number, info);
    for (const info of history.runs) {
      for (const track of info.tracks.values()) this.#viewOf(track);
    }
    for (const each of history.slots) {
      const slot = this.log.append(each);
      for (const view of this.#views.values()) view.advance(slot);
    }
    const last = this.runs.get(this.log.last?.run ?? -1);
    if (last !== undefined) this.#master.show(last, (name) => this.#isPlayable(name));
    const oldest = this.#lowLatency ? history.runs[0] : undefined;
    if (oldest !== undefined) {
      this.#partTarget90k = partTarget90k(this.settings.partTargetMs, oldest.tracks.values());
    }
  }

  #begin(run: Run): void {
    // A run that showed nothing gives its number back: numbers are the discontinuities that players count.
    const number = Math.max(this.log.last?.run ?? -1, ...this.runs.keys()) + 1;
    const info = describeRun(number, run.renditions);
    this.runs.set(number, info);
    if (this.#lowLatency)
      this.#partTarget90k ??= partTarget90k(this.settings.partTargetMs, info.tracks.values());
    this.#active = new ActiveRun({
      run,
      info,
      epochMs: this.epochMs,
      part90k: cutLength90k(this.#partTarget90k, info.tracks.values()),
      output: {
        part: (rendition, span, part) => this.#begun(info, rendition, span, part),
        resolved: (rendition, span, segment) => this.#resolved(info, rendition, span, segment),
        jumped: () => this.#restartRun("time_jumped"),
      },
      described: (name, init) => this.#described(info, name, init),
    });
    this.onDemand.tell(this.#active.assembler);
    for (const rendition of run.renditions) this.#viewOf(rendition);
  }

  #described(info: RunInfo, rendition: string, init: Buffer | Error): void {
    if (init instanceof Error) {
      this.#logger.warn({ err: init, rendition }, "decoder configuration refused");
      return;
    }
    this.#store.putInit(rendition, info.number, init);
    this.#master.invalidate();
  }

  #finishRun(options: { partial: boolean }): void {
    const active = this.#active;
    if (active === undefined) return;
    active.assembler.finish(options);
    this.#droppedUnits += active.droppedUnits;
    this.#active = undefined;
    this.#dash.invalidate();
    if (this.log.last?.run !== active.info.number) this.runs.delete(active.info.number);
    this.#slots.storeRows(this.log.nextSeq, active.info);
    if (this.log.last?.run === active.info.number) this.#master.show(active.info, this.#aliveIn(active));
  }

  /** The same renditions again under the next number, each from its next keyframe on the grid. */
  #restartRun(reason: string): void {
    const active = this.#active;
    if (active === undefined) return;
    this.#logger.warn({ reason, run: active.info.number }, "run restarted");
    this.#finishRun({ partial: true });
    this.#begin(active.run);
    for (const [name, config] of active.configs) this.#active?.configure(name, config);
  }

  #begun(info: RunInfo, rendition: Rendition, span: SlotSpan, part: Part): void {
    this.#slots.addPart(info, this.#viewOf(rendition), span, part);
    this.#checkMaster();
  }

  #resolved(info: RunInfo, rendition: Rendition, span: SlotSpan, segment: SegmentBytes | undefined): void {
    this.#slots.resolve(info, this.#viewOf(rendition), span, segment, this.#partTarget90k !== undefined);
    // Its bandwidths are measured; written again when somebody asks.
    this.#master.invalidate();
    this.#dash.invalidate();
    this.#checkMaster();
  }

  #pastCut(): void {
    this.#dash.invalidate();
    for (const view of this.#views.values()) view.refresh();
  }

  #checkMaster(): void {
    const active = this.#active;
    if (active === undefined || this.log.last?.run !== active.info.number) return;
    this.#master.offer(active.info, active.assembler.allBegun, this.#aliveIn(active));
  }

  /** Once its run is over a rendition is as good as the others: what there is can be played. */
  #aliveIn(active: ActiveRun): (name: string) => boolean {
    return (name) => (this.#active === active ? !active.assembler.ended(name) : this.#isPlayable(name));
  }

  /** What nobody ever asked for is nothing to choose from once the stream is over. */
  #isPlayable(name: string): boolean {
    return !this.ended || this.#views.get(name)?.hasMedia === true;
  }

  #viewOf({ name, kind }: Pick<Rendition, "name" | "kind">): RenditionView {
    let view = this.#views.get(name);
    if (view === undefined) {
      view = new RenditionView({ name, kind, source: this, listedFrom: () => this.#listedFrom() });
      this.#views.set(name, view);
    }
    return view;
  }

  /** Number of the oldest slot of the rewind window; of all there are once the stream is over. */
  #listedFrom(): number {
    return this.ended ? (this.log.first?.seq ?? 0) : this.#windowFrom();
  }

  #windowFrom(): number {
    return this.log.windowFrom(this.settings.liveWindowSegments, this.settings.dvrWindowS * 90_000);
  }

  #wakeAll(): void {
    this.#slots.past.give();
    this.#master.close();
    for (const view of this.#views.values()) view.refresh();
  }
}
