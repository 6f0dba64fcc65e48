import { MessageChannelMain } from "electron";
import type { FromEncoder } from "../../contract/encoder-control.ts";
import type { FromEngineControl, ToEngineControl } from "../../contract/engine-control.ts";
import { EncoderHost } from "./encoder-host.ts";
import { EngineHost } from "./engine-host.ts";
import type { ProcessState } from "./readiness.ts";

interface Events {
  readonly onState: (states: { readonly engine: ProcessState; readonly encoder: ProcessState }) => void;
  /** It came back after it had died: what shall run must be told to it again. */
  readonly onBack: (which: "engine" | "encoder") => void;
  readonly fromEngine: (message: FromEngineControl) => void;
  readonly fromEncoder: (message: FromEncoder) => void;
  readonly onFault: (what: string, detail: unknown) => void;
  readonly onLog: (line: string) => void;
}

/**
 * Engine and encoder beside each other, with the media port between them: dealt whenever both are there and one of
 * them is new. Either may die without the other.
 */
export class MediaProcesses implements AsyncDisposable {
  readonly engine: EngineHost;
  readonly encoder: EncoderHost;
  #states: { engine: ProcessState; encoder: ProcessState } = { engine: "starting", encoder: "starting" };
  readonly #seen = new Set<"engine" | "encoder">();

  constructor(
    dist: string,
    encoderProgram: string,
    private readonly first: () => readonly ToEngineControl[],
    private readonly events: Events,
  ) {
    const { onFault, onLog, fromEncoder, fromEngine } = events;
    this.engine = new EngineHost(dist, {
      onState: (state) => this.#become("engine", state),
      onMessage: fromEngine,
      onFault,
    });
    this.encoder = new EncoderHost(encoderProgram, {
      onState: (state) => this.#become("encoder", state),
      onMessage: fromEncoder,
      onFault,
      onLog,
    });
  }

  start(): void {
    this.engine.start();
    this.encoder.start();
  }

  /** Those that have been given up. */
  tryAgain(): void {
    this.engine.tryAgain();
    this.encoder.tryAgain();
  }

  get states(): { readonly engine: ProcessState; readonly encoder: ProcessState } {
    return this.#states;
  }

  #become(which: "engine" | "encoder", state: ProcessState): void {
    this.#states = { ...this.#states, [which]: state };
    this.events.onState(this.#states);
    if (state !== "ready") return;
    if (which === "engine") for (const message of this.first()) this.engine.send(message);
    if (this.engine.isReady && this.encoder.isReady) {
      const { port1, port2 } = new MessageChannelMain();
      this.engine.deal({ studioPort: "media" }, port1);
      this.encoder.deal(port2);
    }
    const isBack = this.#seen.has(which);
    this.#seen.add(which);
    if (isBack) this.events.onBack(which);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.engine[Symbol.dispose]();
    await this.encoder[Symbol.asyncDispose]();
  }
}
