import type { ChildExit, Spawn } from "../platform/child-process.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { MediaSink, Rendition } from "../stream/media-sink.ts";
import type { StreamEvent, Subscription } from "../stream/subscription.ts";
import type { Unit } from "../stream/unit.ts";
import { backOffMs, classifyExit, STABLE_MS } from "./exit.ts";
import { Intake, type Resumption, type TracksEvent } from "./intake.ts";
import { RecentUnits } from "./recent-units.ts";
import type { ReencodeReason, RunShape } from "./run-shape.ts";
import type { TranscodeSettings } from "./settings.ts";
import { SourceWatch } from "./source-watch.ts";
import type { TranscodeStats } from "./stats.ts";
import { type RunFault, TranscodeRun } from "./transcode-run.ts";

/** A track's pause that is bridged: at first, and at most after it has paused again and again. */
const PAUSE90K = { first: 450_000, most: 2_700_000 } as const;
/** Who pauses within this time of the last run's start does so again and again. */
const PAUSES_AGAIN_MS = 60_000;

type State =
  /** No publisher. */
  | { readonly kind: "waiting" }
  /** Units are held until the source's shape is settled and the run before is out. */
  | { readonly kind: "deciding"; readonly intake: Intake }
  | { readonly kind: "running"; readonly run: TranscodeRun; readonly watch: SourceWatch }
  | { readonly kind: "backing_off"; readonly timer: NodeJS.Timeout }
  | { readonly kind: "over" };

export interface TranscoderDeps {
  readonly subscribe: () => Subscription;
  readonly sink: MediaSink;
  readonly settings: TranscodeSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly spawn?: Spawn;
}

/**
 * Keeps one stream's renditions coming: decides what each run looks like, starts the next when one
 * cannot go on, and never lets two reach the sink at once. `TranscodeRun` is one life; this is the will.
 */
export class Transcoder {
  /** Settles when the stream has ended or `close` is through, and the sink has got everything. */
  readonly done: Promise<void>;
  readonly #deps: TranscoderDeps;
  readonly #subscription: Subscription;
  readonly #recent = new RecentUnits();
  readonly #without = new Set<string>();
  /** Rungs that somebody watches, beyond those that are always on. */
  readonly #wanted = new Set<string>();
  #settings: TranscodeSettings;
  #state: State = { kind: "waiting" };
  /** The runs before, until their last units are out. */
  #ending: Promise<void> = Promise.resolve();
  #endings = 0;
  /** Every run that is not out yet, for `close`. */
  readonly #alive = new Set<TranscodeRun>();
  #closing = false;
  #tracks: TracksEvent | undefined;
  #resumption: Resumption | undefined;
  #renditions: readonly Rendition[] = [];
  #attempt = 0;
  #maxPause90k: number = PAUSE90K.first;
  #restarts = 0;
  #droppedUnits = 0;
  #failure: TranscodeStats["failure"];

  constructor(deps: TranscoderDeps) {
    this.#deps = deps;
    this.#settings = deps.settings;
    this.#subscription = deps.subscribe();
    this.done = this.#consume();
  }

  stats(): TranscodeStats {
    const run = this.#state.kind === "running" ? this.#state.run : undefined;
    return {
      state: this.#state.kind,
      passthrough: run?.shape.video?.passthrough ?? false,
      reencodeReason: run?.shape.video?.reencodeReason ?? this.#resumption?.reencodeReason,
      renditions: this.#renditions,
      speed: run?.speed,
      lagMs: Math.round(run?.lagMs ?? 0),
      rungsDropped: [...this.#without],
      awake: run?.annex.awake ?? [],
      annexPid: run?.annex.pid,
      restarts: this.#restarts,
      droppedUnits: this.#droppedUnits + (run?.droppedUnits ?? 0),
      failure: this.#failure,
    };
  }

  /** The present ffmpeg, for the operator. */
  get pid(): number | undefined {
    return this.#state.kind === "running" ? this.#state.run.pid : undefined;
  }

  /**
   * Somebody asks for a rung: it comes from the next grid point on, until `sleep`. One that is always
   * on, or is not of this stream, is nothing to do.
   */
  wake(name: string): void {
    this.#wanted.add(name);
    if (this.#state.kind === "running") this.#state.run.annex.wake(name);
  }

  /** Nobody asks for it any more. */
  sleep(name: string): void {
    this.#wanted.delete(name);
    if (this.#state.kind === "running") this.#state.run.annex.sleep(name);
  }

  /** Gives up what is inside; no process is left. Idempotent, never throws. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#end("abort");
    this.#become({ kind: "over" });
    this.#subscription.close();
    await Promise.all([...this.#alive].map((run) => run.abort()));
    await this.done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #consume(): Promise<void> {
    for await (const event of this.#subscription) {
      if (this.#state.kind === "over") break;
      this.#take(event);
    }
    this.#sayLastWords();
    this.#become({ kind: "over" });
    await this.#ending;
  }

  #take(event: StreamEvent): void {
    switch (event.type) {
      case "tracks":
        this.#retrack(event);
        return;
      case "unit":
        this.#unit(event.unit);
        return;
      case "interrupted":
        this.#sayLastWords();
        this.#tracks = undefined;
        this.#resumption = undefined;
        this.#become({ kind: "waiting" });
        return;
      case "ended":
        this.#sayLastWords();
        this.#become({ kind: "over" });
    }
  }

  /** A late track, or a new publisher: what is known of an unchanged picture's grid is kept. */
  #retrack(event: TracksEvent): void {
    if (!event.restart && this.#tracks !== undefined) {
      this.#join(event, this.#tracks);
      return;
    }
    const samePicture = sameVideo(this.#tracks, event);
    const resumption = samePicture ? this.#resumptionNow() : undefined;
    this.#end("finish");
    this.#recent.clear();
    this.#tracks = event;
    if (!samePicture) this.#without.clear();
    this.#decide(resumption);
  }

  /** The picture goes on unbroken: sound that joins it, or what a run cannot follow, needs a new one. */
  #join(event: TracksEvent, before: TracksEvent): void {
    this.#tracks = event;
    if (this.#state.kind === "deciding") {
      const adapts = event.tracks.video?.codec === "h264" && !sameVideo(before, event);
      this.#decide(adapts ? { ...this.#resumptionNow(), reencodeReason: "adaptive" } : this.#resumption);
      return;
    }
    if (this.#state.kind !== "running") return;
    const soundJoins = before.tracks.audio === undefined && event.tracks.audio !== undefined;
    const follows = this.#state.watch.judge(event, this.#deps.clock.monotonicMs()) === "in_stride";
    if (soundJoins || !follows) this.#followOn(this.#state.run, follows ? undefined : "adaptive");
  }

  /** The next run, frame on frame. */
  #followOn(run: TranscodeRun, reason: ReencodeReason | undefined): void {
    const known = this.#resumptionNow();
    // What the run before still has inside comes out of it.
    const delivered90k = Math.max(known.delivered90k, run.newest90k);
    const { video } = run.shape;
    this.#end("finish");
    this.#decide({
      ...(video?.passthrough === false ? { frameRate: video.frameRate } : {}),
      grid: reason === undefined ? known.grid : undefined,
      reencodeReason: known.reencodeReason ?? reason,
      delivered90k,
    });
  }

  #unit(unit: Unit): void {
    this.#recent.add(unit, this.#tracks?.tracks.video !== undefined);
    switch (this.#state.kind) {
      case "deciding":
        this.#state.intake.add(unit);
        this.#tryStart();
        return;
      case "running":
        if (isPictureStart(unit) && this.#state.watch.isOutgrown(this.#deps.clock.monotonicMs())) {
          this.#followOn(this.#state.run, undefined);
        } else this.#state.run.push(unit);
        return;
      case "waiting":
      case "backing_off":
      case "over":
    }
  }

  #decide(resumption: Resumption | undefined): void {
    if (this.#tracks === undefined) return;
    this.#resumption = resumption;
    const { clock, settings } = this.#deps;
    const intake = new Intake(this.#tracks, settings.gopS, clock.monotonicMs(), resumption);
    for (const unit of this.#recent.units) intake.add(unit);
    this.#become({ kind: "deciding", intake });
    this.#tryStart();
  }

  #tryStart(): void {
    if (this.#state.kind !== "deciding" || this.#endings > 0) return;
    const { intake } = this.#state;
    const shape = intake.shape(this.#deps.clock.monotonicMs());
    if (shape === undefined) return;
    const run = this.#spawnRun(shape, intake);
    this.#become({ kind: "running", run, watch: new SourceWatch(shape) });
    run.start(intake.units);
  }

  #spawnRun(shape: RunShape, intake: Intake): TranscodeRun {
    const { sink, clock, spawn, logger, random = Math.random } = this.#deps;
    const run: TranscodeRun = new TranscodeRun(shape, intake.units, {
      settings: this.#settings,
      without: this.#without,
      wanted: this.#wanted,
      sink,
      clock,
      logger,
      random,
      maxPause90k: this.#maxPause90k,
      events: {
        fault: (fault) => this.#fault(run, fault),
        exited: (exit) => this.#exited(run, exit),
        dropped: (rung) => this.#drop(rung),
      },
      ...(spawn === undefined ? {} : { spawn }),
    });
    this.#alive.add(run);
    this.#renditions = run.renditions;
    const { pid, renditions } = run;
    const names = renditions.map(({ name }) => name);
    logger.info({ pid, reencodeReason: shape.video?.reencodeReason, renditions: names }, "transcoding");
    return run;
  }

  #fault(run: TranscodeRun, fault: RunFault): void {
    if (this.#state.kind !== "running" || this.#state.run !== run) return;
    const resumption = resumptionAfter(fault, run, this.#resumptionNow());
    this.#deps.logger.warn({ fault, lagMs: Math.round(run.lagMs) }, "transcoding starts anew");
    if (fault === "behind") this.#dropTopRung(run);
    if (fault === "paused") this.#bridgeFarther(run);
    this.#end(fault === "behind" ? "abort" : "finish");
    this.#restarts += 1;
    this.#decide(resumption);
  }

  /** A page that sleeps most of the time must not cost a new ffmpeg whenever it wakes. */
  #bridgeFarther(run: TranscodeRun): void {
    const again = this.#deps.clock.monotonicMs() - run.startedMs < PAUSES_AGAIN_MS;
    this.#maxPause90k = again ? Math.min(PAUSE90K.most, 2 * this.#maxPause90k) : PAUSE90K.first;
  }

  /** The costliest goes; one picture always stays. */
  #dropTopRung(run: TranscodeRun): void {
    const encoded = run.plan?.encoded.filter((rung) => rung.alwaysOn) ?? [];
    const spare = run.plan?.source === undefined ? encoded.length > 1 : encoded.length > 0;
    const top = encoded[0];
    if (top === undefined || !spare) return;
    this.#drop(top.name);
  }

  #drop(rung: string): void {
    this.#without.add(rung);
    this.#deps.logger.warn({ rung }, "too slow for real time: rung dropped");
  }

  #exited(run: TranscodeRun, exit: ChildExit): void {
    if (this.#state.kind !== "running" || this.#state.run !== run) return;
    const { clock, logger, random = Math.random } = this.#deps;
    const kind = classifyExit(exit, false, run.produced);
    const resumption = this.#resumptionNow();
    const { code, signal, stderr } = exit;
    logger.warn({ kind, code, signal, stderr: stderr.slice(-1000) }, "ffmpeg ended by itself");
    if (clock.monotonicMs() - run.startedMs >= STABLE_MS) this.#attempt = 0;
    this.#failure = kind === "fatal" ? "ffmpeg_missing" : kind === "config" ? "ffmpeg_config" : undefined;
    if (kind === "config" && this.#settings.encoder !== "x264") {
      logger.warn({ encoder: this.#settings.encoder }, "the hardware's encoder failed: x264 takes over");
      this.#settings = { ...this.#settings, encoder: "x264" };
    }
    this.#end("abort");
    this.#restarts += 1;
    const timer = setTimeout(() => this.#decide(resumption), backOffMs(this.#attempt, random()));
    this.#attempt += 1;
    this.#become({ kind: "backing_off", timer });
  }

  /** Lets the present run go; its successor waits for its last units. */
  #end(how: "finish" | "abort"): void {
    if (this.#state.kind !== "running") return;
    const { run } = this.#state;
    this.#droppedUnits += run.droppedUnits;
    this.#endings += 1;
    this.#become({ kind: "waiting" });
    const ended = how === "finish" ? run.finish() : run.abort();
    this.#after(ended.then(() => void this.#alive.delete(run)));
  }

  /** The publisher is gone: what is still held is worth a run of its own, be it short. */
  #sayLastWords(): void {
    this.#end("finish");
    if (this.#state.kind !== "deciding") return;
    const { intake } = this.#state;
    this.#become({ kind: "waiting" });
    this.#endings += 1;
    this.#after(
      this.#ending.then(async () => {
        const shape = this.#closing ? undefined : intake.shape(this.#deps.clock.monotonicMs(), "last_chance");
        if (shape === undefined) return;
        const run = this.#spawnRun(shape, intake);
        run.start(intake.units);
        await run.finish();
        this.#alive.delete(run);
      }),
    );
  }

  #after(ended: Promise<void>): void {
    this.#ending = Promise.all([this.#ending, ended]).then(() => {
      this.#endings -= 1;
      this.#tryStart();
    });
  }

  /** What the next run of the same picture may take as known. */
  #resumptionNow(): Resumption {
    const none = Number.NEGATIVE_INFINITY;
    const delivered90k = this.#resumption?.delivered90k ?? none;
    if (this.#state.kind !== "running") {
      return { delivered90k, grid: this.#resumption?.grid, reencodeReason: this.#resumption?.reencodeReason };
    }
    const { run } = this.#state;
    return {
      grid: run.shape.video?.passthrough === true ? run.shape.grid : undefined,
      reencodeReason: run.shape.video?.reencodeReason,
      delivered90k: Math.max(delivered90k, run.delivered90k),
    };
  }

  #become(state: State): void {
    if (this.#state.kind === "over") return;
    if (this.#state.kind === "backing_off") clearTimeout(this.#state.timer);
    this.#state = state;
  }
}

function resumptionAfter(fault: RunFault, run: TranscodeRun, known: Resumption): Resumption {
  switch (fault) {
    case "keyframe_missing":
      return { ...known, grid: undefined, reencodeReason: fault };
    case "behind":
      // What is inside is given up: who is too slow never catches up with it.
      return { ...known, delivered90k: Math.max(known.delivered90k, run.newest90k) };
    case "paused":
      return known;
  }
}

function sameVideo(before: TracksEvent | undefined, after: TracksEvent): boolean {
  const [a, b] = [before?.tracks.video, after.tracks.video];
  if (a === undefined || b === undefined) return false;
  return a.codec === b.codec && Buffer.compare(a.config, b.config) === 0;
}

const isPictureStart = (unit: Unit): boolean => unit.kind === "video" && unit.keyframe;
