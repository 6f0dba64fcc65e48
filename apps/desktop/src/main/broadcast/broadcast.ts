import type { TargetState, ToEncoder } from "../../contract/encoder-control.ts";
import type { FromEngineControl, ToEngineControl } from "../../contract/engine-control.ts";
import type { EncodeSettings } from "../../contract/media-port.ts";
import type { BroadcastSnapshot, TargetSnapshot } from "../../contract/studio-topics.ts";
import type { Announced, BroadcastFault, Gathered, Ready, StreamWish } from "./destinations.ts";

type Figures = NonNullable<TargetSnapshot["figures"]>;

interface Running {
  readonly ready: Ready;
  state: TargetState;
  figures: Figures | null;
}

interface Run {
  readonly targets: ReadonlyMap<string, Running>;
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

interface Side<Message> {
  /** Whether it runs; waits while it is on its way. */
  reached(signal: AbortSignal): Promise<boolean>;
  send(message: Message): void;
}

export interface BroadcastWorld {
  readonly encoder: Side<ToEncoder>;
  readonly engine: Side<ToEngineControl>;
  readonly gather: (stream: StreamWish) => Promise<Gathered>;
  readonly plan: (stream: StreamWish) => {
    readonly encode: EncodeSettings;
    readonly audioBitrateBps: number;
  };
  readonly onChange: () => void;
  readonly now?: () => number;
}

const STOP_MS = 5_000;
const isOver = ({ state }: TargetState): boolean =>
  state === "stopped" || state === "failed" || state === "refused";

/** One broadcast to all of its targets: RTMP by the encoder's process, WHIP by the engine. */
export class Broadcast implements AsyncDisposable {
  #state: State = { state: "idle", fault: null };
  #ended: (() => void) | undefined;
  #stopped: Promise<void> | undefined;
  readonly #now: () => number;

  constructor(private readonly world: BroadcastWorld) {
    this.#now = world.now ?? Date.now;
  }

  /** Resolves when all targets have been told to begin; why not, if not. */
  async start(stream: StreamWish): Promise<BroadcastFault | null> {
    if (this.#state.state !== "idle") return { code: "already_live", detail: "" };
    const aborted = new AbortController();
    this.#become({ state: "gathering", aborted });
    const gathered = await this.#gather(stream, aborted.signal);
    if (aborted.signal.aborted) {
      if (gathered.ok) void gathered.announced?.client.endStream();
      this.#become({ state: "idle", fault: null });
      return null;
    }
    if (!gathered.ok) {
      this.#become({ state: "idle", fault: gathered.fault });
      return gathered.fault;
    }
    const connecting = (): TargetState => ({ state: "connecting", attempt: 1 });
    const run: Run = {
      targets: new Map(
        gathered.ready.map((ready) => [ready.id, { ready, state: connecting(), figures: null }]),
      ),
      announced: gathered.announced,
      ...this.world.plan(stream),
      liveSinceMs: null,
      rehearsal: stream.rehearsal && gathered.announced !== undefined,
    };
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

  /** Ends a rehearsal by letting everybody in; why not, if not. */
  async makePublic(): Promise<string | null> {
    const run = this.#state.state === "running" ? this.#state.run : undefined;
    if (!run?.rehearsal || !run.announced) return null;
    const answer = await run.announced.client.makePublic();
    if (!answer.ok) return answer.fault === "refused" ? answer.detail : answer.fault;
    run.rehearsal = false;
    this.world.onChange();
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
      if (target.ready.by !== side || isOver(target.state)) continue;
      target.state = { state: "reconnecting", attempt: 1, retryAtMs: this.#now(), cause: "restarted" };
      this.#begin(this.#state.run, target.ready);
    }
    this.world.onChange();
  }

  takeTarget(id: string, state: TargetState): void {
    if (this.#state.state !== "running" && this.#state.state !== "stopping") return;
    const { run } = this.#state;
    const target = run.targets.get(id);
    if (target === undefined) return;
    target.state = state;
    if (state.state === "live") run.liveSinceMs ??= this.#now();
    const all = [...run.targets.values()];
    if (all.every((each) => isOver(each.state))) {
      if (this.#state.state === "stopping") this.#ended?.();
      else this.#stopped = this.#stop(run, { code: "all_targets_failed", detail: describe(all) });
    }
    this.world.onChange();
  }

  takeWhip(message: Extract<FromEngineControl, { kind: "whip" }>): void {
    this.takeTarget(message.id, whipState(message, this.#now()));
  }

  takeFigures(id: string, figures: Figures): void {
    if (this.#state.state !== "running") return;
    const target = this.#state.run.targets.get(id);
    if (target === undefined) return;
    target.figures = figures;
    this.world.onChange();
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
    if (!(await this.world.engine.reached(signal))) return down("engine_down");
    const gathered = await this.world.gather(stream);
    const needsEncoder = gathered.ok && gathered.ready.some((each) => each.by === "rtmp");
    if (!needsEncoder || (await this.world.encoder.reached(signal))) return gathered;
    void gathered.announced?.client.endStream();
    return down("encoder_down");
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

  async #stop(run: Run, fault: BroadcastFault | null): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    this.#become({ state: "stopping", run });
    const open = [...run.targets.values()].filter((each) => !isOver(each.state));
    for (const { ready } of open) {
      if (ready.by === "rtmp") this.world.encoder.send({ kind: "stop-target", id: ready.id });
      else this.world.engine.send({ kind: "stop-whip", id: ready.id });
    }
    if (open.length > 0) {
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

const describe = (targets: readonly Running[]): string =>
  targets
    .map(({ ready, state }) => {
      const why =
        state.state === "refused" ? state.description || state.code : "cause" in state ? state.cause : "";
      return `${ready.name}: ${why || state.state}`;
    })
    .join("; ");

function whipState(message: Extract<FromEngineControl, { kind: "whip" }>, nowMs: number): TargetState {
  const cause = message.cause ?? "";
  switch (message.state) {
    case "connecting":
      return { state: "connecting", attempt: 1 };
    case "live":
      return { state: "live", sinceMs: nowMs, degraded: false };
    case "reconnecting":
      return { state: "reconnecting", attempt: 1, retryAtMs: nowMs, cause };
    case "refused":
      return { state: "refused", code: "rejected", description: cause };
    case "failed":
      return { state: "failed", cause };
    case "stopped":
      return { state: "stopped" };
  }
}
