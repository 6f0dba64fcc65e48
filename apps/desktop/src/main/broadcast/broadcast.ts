import type { TargetState, ToEncoder } from "../../contract/encoder-control.ts";
import type { FromEngineControl, ToEngineControl } from "../../contract/engine-control.ts";
import type { EncodeSettings } from "../../contract/media-port.ts";
import type { BroadcastSnapshot, TargetSnapshot } from "../../contract/studio-topics.ts";
import type { Announced, BroadcastFault, Gathered, Ready, StreamWish } from "./destinations.ts";
import { describe, type Figures, RunningTarget, sumOf, whipState } from "./running-target.ts";

interface Run {
  readonly targets: ReadonlyMap<string, RunningTarget>;
  readonly announced: Announced | undefined;
  readonly encode: EncodeSettings;
  readonly audioBitrateBps: number;
  liveSinceMs: number | null;
  rehearsal: boolean;
}

/** What there is of a broadcast; changed in `#become` alone. */
type State =
  | { readonly state: "idle"; readonly fault: BroadcastFault | null }
  | { readonly state: "gathering"; readonly aborted: AbortController }
  | { readonly state: "running"; readonly run: Run }
  | { readonly state: "stopping"; readonly run: Run };

/** A process of the studio, as far as a broadcast needs it. */
export interface Side<Message> {
  readonly isReady: boolean;
  /** Whether it runs; waits while it is on its way. */
  reached(signal: AbortSignal): Promise<boolean>;
  send(message: Message): void;
}

export interface BroadcastWorld {
  readonly encoder: Side<ToEncoder>;
  readonly engine: Side<ToEngineControl>;
  readonly gather: (stream: StreamWish, signal: AbortSignal) => Promise<Gathered>;
  readonly plan: (stream: StreamWish) => {
    readonly encode: EncodeSettings;
    readonly audioBitrateBps: number;
  };
  readonly onChange: () => void;
  readonly now?: () => number;
  /** How often the server is asked whether a delay has let everybody in by now. */
  readonly lookEveryMs?: number;
}

const STOP_MS = 5_000;
const LOOK_EVERY_MS = 1_000;

/** One broadcast to all of its targets: RTMP by the encoder's process, WHIP by the engine. */
export class Broadcast implements AsyncDisposable {
  #state: State = { state: "idle", fault: null };
  #ended: (() => void) | undefined;
  #stopped: Promise<void> | undefined;
  /** Of a start that was called off. */
  #leftBehind: Promise<void> = Promise.resolve();
  /** The one that runs, or ran last. */
  #newest: Run | undefined;
  readonly #now: () => number;

  constructor(private readonly world: BroadcastWorld) {
    this.#now = world.now ?? Date.now;
  }

  /** Resolves when all targets have been told to begin; why not, if not. */
  async start(stream: StreamWish): Promise<BroadcastFault | null> {
    if (this.#state.state !== "idle") return { code: "already_live", detail: "" };
    const aborted = new AbortController();
    this.#become({ state: "gathering", aborted });
    const gathering = this.#gather(stream, aborted.signal);
    const gathered = await Promise.race([gathering, whenAborted(aborted.signal)]);
    if (gathered === undefined || aborted.signal.aborted) {
      // What comes of it all the same is taken back, before there may be another.
      this.#leftBehind = takeBack(gathering);
      this.#become({ state: "idle", fault: null });
      return null;
    }
    if (!gathered.ok) {
      this.#become({ state: "idle", fault: gathered.fault });
      return gathered.fault;
    }
    const run: Run = {
      targets: new Map(gathered.ready.map((ready) => [ready.id, new RunningTarget(ready)])),
      announced: gathered.announced,
      ...this.world.plan(stream),
      liveSinceMs: null,
      rehearsal: stream.rehearsal && gathered.announced !== undefined,
    };
    this.#newest = run;
    this.#become({ state: "running", run });
    for (const target of run.targets.values()) this.#begin(run, target.ready);
    return null;
  }

  /** Resolves when nothing is sent any more. */
  stop(): Promise<void> {
    if (this.#state.state === "gathering") this.#state.aborted.abort();
    if (this.#state.state === "running") this.#stopped = this.#stop(this.#state.run, null);
    return this.#stopped ?? Promise.resolve();
  }

  /** The server that the running broadcast was announced to. */
  get announced(): Announced | undefined {
    return this.#state.state === "running" ? this.#state.run.announced : undefined;
  }

  /** Ends a rehearsal by letting everybody in; why not, if not. With a delay that takes as long as the delay. */
  async makePublic(): Promise<string | null> {
    const run = this.#state.state === "running" ? this.#state.run : undefined;
    if (!run?.rehearsal || !run.announced) return null;
    const { client } = run.announced;
    const answer = await client.makePublic();
    if (!answer.ok) return answer.fault === "refused" ? answer.detail : answer.fault;
    if (answer.value.visibility === "public") this.#opened(run);
    else void this.#watchOpening(run, client);
    return null;
  }

  /** What the server has not let out yet never goes out. */
  async dropHeld(): Promise<void> {
    const { announced } = this;
    if (announced && announced.delayS > 0) await announced.client.dropHeld();
  }

  /** What shall run is told again to an encoder or an engine that came back. */
  resume(side: "rtmp" | "whip"): void {
    if (this.#state.state !== "running") return;
    for (const target of this.#state.run.targets.values()) {
      if (target.ready.by === side && !target.isOver) this.#beginAgain(this.#state.run, target, "restarted");
    }
    this.world.onChange();
  }

  /** An encoder or an engine is away, and comes back or not: nothing is sent meanwhile. */
  lose(side: "rtmp" | "whip", forGood: boolean): void {
    if (this.#state.state !== "running") return;
    const cause = side === "rtmp" ? "encoder_down" : "engine_down";
    const retryAtMs = this.#now();
    for (const target of this.#state.run.targets.values()) {
      if (target.ready.by !== side || target.isOver) continue;
      if (forGood) this.takeTarget(target.ready.id, { state: "failed", cause });
      else target.beginAgain({ state: "reconnecting", attempt: 1, retryAtMs, cause });
    }
    this.world.onChange();
  }

  /** One that was refused or has failed, while the others go on. */
  tryAgain(id: string): void {
    const run = this.#state.state === "running" ? this.#state.run : undefined;
    const target = run?.targets.get(id);
    if (run === undefined || target?.isOver !== true) return;
    this.#beginAgain(run, target, "asked");
    this.world.onChange();
  }

  takeTarget(id: string, state: TargetState): void {
    if (this.#state.state !== "running" && this.#state.state !== "stopping") return;
    const { run } = this.#state;
    const target = run.targets.get(id);
    if (target === undefined) return;
    target.become(state);
    if (state.state === "live") run.liveSinceMs ??= this.#now();
    const all = [...run.targets.values()];
    if (all.every((each) => each.isOver)) {
      if (this.#state.state === "stopping") this.#ended?.();
      else this.#stopped = this.#stop(run, { code: "all_targets_failed", detail: describe(all) });
    }
    this.world.onChange();
  }

  takeWhip(message: Extract<FromEngineControl, { kind: "whip" }>): void {
    this.takeTarget(message.id, whipState(message, this.#now()));
  }

  takeFigures(id: string, figures: Figures): void {
    const target = this.#state.state === "running" ? this.#state.run.targets.get(id) : undefined;
    if (target === undefined) return;
    target.count(figures);
    this.world.onChange();
  }

  /** Of all targets of this broadcast, or of the last one. */
  get figures(): Figures {
    return sumOf(this.#newest?.targets.values() ?? []);
  }

  /** A target that is not part of the broadcast is stopped. */
  target(id: string): Pick<TargetSnapshot, "state" | "figures"> {
    const run = "run" in this.#state ? this.#state.run : undefined;
    const { state, figures } = run?.targets.get(id) ?? {};
    return { state: state ?? { state: "stopped" }, figures: figures ?? null };
  }

  snapshot(): Omit<BroadcastSnapshot, "panic"> {
    const nothing = { liveSinceMs: null, fault: null, watchUrl: null, rehearsal: false };
    switch (this.#state.state) {
      case "idle":
        return { ...nothing, state: "idle", fault: this.#state.fault };
      case "gathering":
        return { ...nothing, state: "starting" };
      case "running":
      case "stopping": {
        const { run } = this.#state;
        const facts = {
          liveSinceMs: run.liveSinceMs,
          fault: null,
          watchUrl: run.announced?.watchUrl ?? null,
          rehearsal: run.rehearsal,
        };
        if (this.#state.state === "stopping") return { ...facts, state: "stopping" };
        const isLive = [...run.targets.values()].some((each) => each.state.state === "live");
        if (isLive) return { ...facts, state: "live" };
        return { ...facts, state: run.liveSinceMs === null ? "starting" : "interrupted" };
      }
    }
  }

  /** All that is needed: the processes, which may be starting still, and the targets' addresses. */
  async #gather(stream: StreamWish, signal: AbortSignal): Promise<Gathered> {
    const down = (code: BroadcastFault["code"]): Gathered => ({ ok: false, fault: { code, detail: "" } });
    await this.#leftBehind;
    if (!(await this.world.engine.reached(signal))) return down("engine_down");
    const gathered = await this.world.gather(stream, signal);
    const needsEncoder = gathered.ok && gathered.ready.some((each) => each.by === "rtmp");
    if (!needsEncoder || (await this.world.encoder.reached(signal))) return gathered;
    void gathered.announced?.client.endStream();
    return down("encoder_down");
  }

  async #watchOpening(run: Run, client: Announced["client"]): Promise<void> {
    while (run.rehearsal && this.#isRunning(run)) {
      await new Promise((resolve) => setTimeout(resolve, this.world.lookEveryMs ?? LOOK_EVERY_MS));
      const answer = await client.stream();
      if (answer.ok && answer.value?.visibility === "public") this.#opened(run);
    }
  }

  #opened(run: Run): void {
    run.rehearsal = false;
    this.world.onChange();
  }

  #isRunning(run: Run): boolean {
    return this.#state.state === "running" && this.#state.run === run;
  }

  #begin(run: Run, { id, name, by, url, key, graceMs, backfill }: Ready): void {
    const { encode, audioBitrateBps } = run;
    if (by === "rtmp") {
      const target = {
        ...{ id, name, url, key, encode, audioBitrateBps, graceMs },
        ...(backfill === undefined ? {} : { backfill }),
      };
      this.world.encoder.send({ kind: "start-target", target });
      return;
    }
    const { width, height, fps, bitrateBps, keyframeIntervalMs } = encode;
    this.world.engine.send({
      kind: "start-whip",
      ...{ id, url, key, width, height, fps, bitrateBps, keyframeIntervalMs },
    });
  }

  #beginAgain(run: Run, target: RunningTarget, cause: string): void {
    target.beginAgain({ state: "reconnecting", attempt: 1, retryAtMs: this.#now(), cause });
    this.#begin(run, target.ready);
  }

  async #stop(run: Run, fault: BroadcastFault | null): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    this.#become({ state: "stopping", run });
    const open = [...run.targets.values()].filter((each) => !each.isOver);
    for (const target of open) {
      const { id, by } = target.ready;
      if (by === "rtmp") this.world.encoder.send({ kind: "stop-target", id });
      else this.world.engine.send({ kind: "stop-whip", id });
      // One that is away sends nothing, and would not answer.
      if (!this.world[by === "rtmp" ? "encoder" : "engine"].isReady) target.become({ state: "stopped" });
    }
    if (open.some((each) => !each.isOver)) {
      // One that has hung is given up: the person wants it to be over.
      const late = setTimeout(() => this.#ended?.(), STOP_MS);
      await ended;
      clearTimeout(late);
    }
    if (run.announced) await run.announced.client.endStream();
    this.#become({ state: "idle", fault });
    this.#stopped = undefined;
  }

  #become(state: State): void {
    this.#state = state;
    this.world.onChange();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

const whenAborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));

async function takeBack(gathering: Promise<Gathered>): Promise<void> {
  const gathered = await gathering;
  if (gathered.ok) await gathered.announced?.client.endStream();
}
