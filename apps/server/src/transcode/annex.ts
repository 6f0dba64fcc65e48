import type { ChildExit, Spawn } from "../platform/child-process.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { MediaSink } from "../stream/media-sink.ts";
import type { Unit } from "../stream/unit.ts";
import { backOffMs, classifyExit, STABLE_MS } from "./exit.ts";
import { frameTicks } from "./frame-rate.ts";
import type { EncodedRung } from "./ladder-plan.ts";
import { LagWatch } from "./lag-watch.ts";
import { RecentUnits } from "./recent-units.ts";
import type { RunShape } from "./run-shape.ts";
import { RungRelay } from "./rung-relay.ts";
import type { TranscodeSettings } from "./settings.ts";
import { Shift } from "./shift.ts";

/** So long before its point an ffmpeg is started: until then what is asked for can still be gathered. */
const START_AHEAD90K = 45_000;

export interface AnnexDeps {
  readonly shape: RunShape;
  readonly settings: TranscodeSettings;
  readonly sink: MediaSink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** In [0, 1). */
  readonly random: () => number;
  readonly spawn?: Spawn;
  /** This machine is too slow for it: the run has it no more. */
  readonly dropped: (rung: string) => void;
}

/**
 * The rungs of a run that are encoded only while somebody asks for them. All that are awake share one
 * ffmpeg beside the run's own, fed with the same units. When their set changes, the next ffmpeg begins
 * at the grid point at which the one before stops, so that a rung that stays has neither hole nor double.
 */
export class Annex {
  /** Largest first. */
  #rungs: readonly EncodedRung[];
  readonly #deps: AnnexDeps;
  readonly #relays: ReadonlyMap<string, RungRelay>;
  readonly #recent = new RecentUnits();
  #settings: TranscodeSettings;
  readonly #wanted = new Set<string>();
  /** What the sink was told to expect. */
  readonly #announced = new Set<string>();
  readonly #delivered90k = new Map<string, number>();
  #newest90k: number | undefined;
  #planned: { readonly from90k: number; readonly rungs: readonly EncodedRung[] } | undefined;
  #current: { readonly shift: Shift; readonly sinceMs: number; readonly lag: LagWatch } | undefined;
  readonly #alive = new Set<Shift>();
  #retry: NodeJS.Timeout | undefined;
  #attempt = 0;
  #droppedUnits = 0;
  #closed = false;

  constructor(rungs: readonly EncodedRung[], deps: AnnexDeps) {
    this.#rungs = rungs;
    this.#deps = deps;
    this.#settings = deps.settings;
    this.#relays = new Map(
      rungs.map(({ name }) => {
        const relay = new RungRelay({
          configure: (config) => deps.sink.configure(name, config),
          unit: (unit) => {
            this.#delivered90k.set(name, unit.pts90k);
            deps.sink.push(name, unit);
          },
        });
        return [name, relay];
      }),
    );
  }

  get pid(): number | undefined {
    return this.#current?.shift.pid;
  }

  get lagMs(): number {
    return this.#current?.shift.lagMs ?? 0;
  }

  get droppedUnits(): number {
    return this.#droppedUnits + (this.#current?.shift.droppedUnits ?? 0);
  }

  /** Those that have units, or will from the next grid point on. */
  get awake(): readonly string[] {
    return [...this.#announced];
  }

  /** A name that is not of the annex is nobody's: always on, or not at all. */
  wake(name: string): void {
    if (this.#closed || this.#wanted.has(name) || !this.#rungs.some((rung) => rung.name === name)) return;
    this.#wanted.add(name);
    this.#plan();
  }

  sleep(name: string): void {
    if (this.#closed || !this.#wanted.delete(name)) return;
    this.#plan();
  }

  push(unit: Unit): void {
    if (this.#closed || unit.kind !== "video") return;
    this.#newest90k = Math.max(this.#newest90k ?? unit.pts90k, unit.pts90k);
    for (const shift of this.#alive) shift.push(unit);
    this.#recent.add(unit, true);
    if (this.#planned !== undefined && this.#newest90k >= this.#planned.from90k - START_AHEAD90K) {
      this.#change(this.#planned.from90k, this.#planned.rungs);
    }
    const current = this.#current;
    if (current?.lag.isBehind(this.#deps.clock.monotonicMs(), current.shift.lagMs) === true) this.dropTop();
  }

  /** Gives up the costliest of those that are awake; false when none is. */
  dropTop(): boolean {
    const current = this.#current;
    const top = current?.shift.rungs.find(({ name }) => this.#wanted.has(name));
    if (current === undefined || top === undefined) return false;
    // The rest gets time to show that it is fast enough.
    this.#current = { ...current, lag: new LagWatch(this.#deps.clock.monotonicMs()) };
    const { name } = top;
    this.#rungs = this.#rungs.filter((rung) => rung !== top);
    this.#wanted.delete(name);
    this.#announced.delete(name);
    this.#relays.get(name)?.cut(Number.NEGATIVE_INFINITY);
    this.#deps.sink.endRendition(name);
    this.#deps.dropped(name);
    this.#plan();
    return true;
  }

  /** End of the source: what is inside still reaches the sink. */
  finish(): Promise<void> {
    return this.#close((shift) => shift.drain());
  }

  abort(): Promise<void> {
    return this.#close((shift) => shift.abort());
  }

  async #close(end: (shift: Shift) => Promise<unknown>): Promise<void> {
    this.#closed = true;
    this.#planned = undefined;
    clearTimeout(this.#retry);
    await Promise.all([...this.#alive].map(end));
  }

  /** From the next grid point on, what is wanted is what is encoded. */
  #plan(): void {
    if (this.#wanted.size === 0) this.#calm();
    if (this.#retry !== undefined) return;
    const from90k = this.#nextPoint90k();
    const rungs = this.#rungs.filter(({ name }) => this.#wanted.has(name));
    for (const { name } of this.#rungs) this.#announce(name, from90k);
    const running = this.#current?.shift.rungs ?? [];
    const same = running.length === rungs.length && running.every((rung) => rungs.includes(rung));
    this.#planned = same ? undefined : { from90k, rungs };
  }

  #announce(name: string, from90k: number): void {
    if (this.#wanted.has(name) === this.#announced.has(name)) return;
    if (this.#announced.delete(name)) this.#deps.sink.sleep(name, from90k);
    else {
      this.#announced.add(name);
      this.#deps.sink.wake(name, from90k);
    }
  }

  #change(from90k: number, rungs: readonly EncodedRung[]): void {
    this.#planned = undefined;
    const before = this.#current;
    const legs = new Map(
      rungs.flatMap(({ name }) => {
        const relay = this.#relays.get(name);
        return relay === undefined ? [] : [[name, relay.open(from90k)] as const];
      }),
    );
    for (const { name } of before?.shift.rungs ?? []) {
      if (!legs.has(name)) this.#relays.get(name)?.cut(from90k);
    }
    before?.shift.cut(from90k);
    this.#current = undefined;
    if (rungs.length === 0) {
      this.#deps.logger.info("no rung is asked for any more");
      return;
    }
    const { shape, spawn, clock, logger } = this.#deps;
    const { video } = shape;
    // Where the source is passed through, its keyframes are the grid: no other need be decoded.
    const half90k = video === undefined ? 0 : frameTicks(video.frameRate) / 2;
    const firstKey90k = video?.passthrough === true ? from90k - half90k - 1 : Number.NEGATIVE_INFINITY;
    const job = { shape, settings: this.#settings, rungs, start90k: from90k, legs };
    const shift = new Shift({ ...job, ...(spawn === undefined ? {} : { spawn }) }, firstKey90k);
    const sinceMs = clock.monotonicMs();
    this.#current = { shift, sinceMs, lag: new LagWatch(sinceMs) };
    this.#alive.add(shift);
    void shift.exited.then((exit) => this.#exited(shift, exit));
    for (const unit of this.#recent.units) shift.push(unit);
    logger.info({ pid: shift.pid, rungs: rungs.map(({ name }) => name) }, "rungs are asked for");
  }

  #exited(shift: Shift, exit: ChildExit): void {
    this.#alive.delete(shift);
    this.#droppedUnits += shift.droppedUnits;
    if (this.#closed || this.#current?.shift !== shift) return;
    const { clock, logger, random } = this.#deps;
    const { sinceMs } = this.#current;
    this.#current = undefined;
    this.#planned = undefined;
    const kind = classifyExit(exit, false, shift.produced);
    const { code, signal, stderr } = exit;
    logger.warn({ kind, code, signal, stderr: stderr.slice(-1000) }, "ffmpeg of the annex ended by itself");
    // A graphics card may have no room for a second session.
    if (kind === "config") this.#settings = { ...this.#settings, encoder: "x264" };
    for (const name of this.#announced) this.#deps.sink.sleep(name, this.#unfinished90k(name));
    this.#announced.clear();
    if (clock.monotonicMs() - sinceMs >= STABLE_MS) this.#attempt = 0;
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined;
        this.#plan();
      },
      backOffMs(this.#attempt, random()),
    );
    this.#attempt += 1;
  }

  #calm(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#attempt = 0;
  }

  #nextPoint90k(): number {
    const { origin90k, period90k } = this.#deps.shape.grid;
    if (this.#newest90k === undefined || this.#newest90k < origin90k - 1) return origin90k;
    return origin90k + (Math.floor((this.#newest90k - origin90k + 1) / period90k) + 1) * period90k;
  }

  /** Beginning of the interval that the rung has not come through. */
  #unfinished90k(name: string): number {
    const { origin90k, period90k } = this.#deps.shape.grid;
    const rung = this.#rungs.find((each) => each.name === name);
    const delivered90k = this.#delivered90k.get(name);
    if (rung === undefined || delivered90k === undefined) return origin90k;
    const end90k = delivered90k + frameTicks(rung.frameRate);
    return origin90k + Math.floor((end90k - origin90k + 1) / period90k) * period90k;
  }
}
