import { availableParallelism } from "node:os";
import { app } from "electron";
import { encodeSettingsSchema, type FromEncoder } from "../../contract/encoder-control.ts";
import type { FromEngineControl } from "../../contract/engine-control.ts";
import type { EngineSnapshot } from "../../contract/studio-topics.ts";
import type { Topics } from "../ipc/topics.ts";
import { diskOf } from "../system/disk.ts";
import { EncodeLosses } from "./encode-losses.ts";
import type { ProcessState } from "./readiness.ts";

const EVERY_MS = 1_000;
const DISK_EVERY_MS = 5_000;
const NOTHING: EngineSnapshot = {
  engine: "starting",
  encoder: "starting",
  hopelessEncoder: null,
  soundWorks: true,
  compositor: null,
  fps: 0,
  renderMs: 0,
  rendered: 0,
  droppedRender: 0,
  stands: false,
  droppedEncode: 0,
  cpuPercent: 0,
  memoryBytes: 0,
  diskFreeBytes: null,
};

/** How the studio's processes are doing: topic `engine`, and of each source topic `sources`. */
export class Vitals implements Disposable {
  #snapshot = NOTHING;
  readonly #losses = new EncodeLosses();
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(
    private readonly topics: Topics,
    private readonly recordings: () => string,
  ) {
    this.#timers = [
      setInterval(() => this.#measure(), EVERY_MS),
      setInterval(() => void this.#measureDisk(), DISK_EVERY_MS),
    ];
    void this.#measureDisk();
    topics.publish("sources", {});
    this.#change({});
  }

  get snapshot(): EngineSnapshot {
    return this.#snapshot;
  }

  takeStates(states: { readonly engine: ProcessState; readonly encoder: ProcessState }): void {
    // A new engine begins with no sources.
    if (states.engine === "restarting") this.topics.publish("sources", {});
    const anew = states.encoder === "restarting" ? { hopelessEncoder: null, soundWorks: true } : {};
    this.#change({ ...states, ...anew });
  }

  takeEngine(message: FromEngineControl): void {
    if (message.kind === "ready") this.#change({ compositor: message.compositor });
    if (message.kind === "figures") {
      const { kind: _, ...figures } = message;
      this.#change(figures);
    }
    if (message.kind === "source") {
      const { kind: _, id, ...state } = message;
      this.topics.publish("sources", { ...this.topics.latest("sources"), [id]: state });
    }
    if (message.kind === "levels") this.topics.publish("levels", message.levels);
  }

  /** An encoder's name; the next encoder process may find that it works. */
  takeHopeless(name: string): void {
    const known = encodeSettingsSchema.shape.encoder.safeParse(name);
    if (known.success) this.#change({ hopelessEncoder: known.data });
  }

  takeSound(soundWorks: boolean): void {
    if (soundWorks !== this.#snapshot.soundWorks) this.#change({ soundWorks });
  }

  takeFigures(message: Extract<FromEncoder, { kind: "figures" }>): void {
    this.#losses.take(message.encodes);
    const droppedEncode = this.#losses.total;
    if (droppedEncode !== this.#snapshot.droppedEncode) this.#change({ droppedEncode });
  }

  /** Sources that are gone from the document are no longer told of. */
  keepSources(ids: Readonly<Record<string, unknown>>): void {
    const known = this.topics.latest("sources") ?? {};
    const kept = Object.entries(known).filter(([id]) => Object.hasOwn(ids, id));
    if (kept.length !== Object.keys(known).length) this.topics.publish("sources", Object.fromEntries(kept));
  }

  #measure(): void {
    const metrics = app.getAppMetrics();
    // Electron's 100 is all cores.
    const cores = metrics.reduce((sum, each) => sum + each.cpu.percentCPUUsage, 0) * availableParallelism();
    const kib = metrics.reduce((sum, each) => sum + each.memory.workingSetSize, 0);
    this.#change({ cpuPercent: Math.round(cores), memoryBytes: kib * 1024 });
  }

  async #measureDisk(): Promise<void> {
    const disk = await diskOf(this.recordings());
    this.#change({ diskFreeBytes: disk === undefined ? null : disk.bavail * disk.bsize });
  }

  #change(change: Partial<EngineSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    this.topics.publish("engine", this.#snapshot);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearInterval(timer);
  }
}
