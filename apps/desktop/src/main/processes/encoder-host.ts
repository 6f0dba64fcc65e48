import { type MessagePortMain, type UtilityProcess, utilityProcess } from "electron";
import {
  type FromEncoder,
  fromEncoderSchema,
  MEDIA_PORT_NOTICE,
  type ToEncoder,
} from "../../contract/encoder-control.ts";
import { type ProcessState, Readiness } from "./readiness.ts";
import { Restarts } from "./restarts.ts";

/** Longer than its goodbyes take (encoder/main.ts). */
const STOP_MS = 5_000;

interface Events {
  readonly onState: (state: ProcessState) => void;
  readonly onMessage: (message: FromEncoder) => void;
  readonly onFault: (what: string, detail: unknown) => void;
  readonly onLog: (line: string) => void;
}

/** The encoder's process: started, listened to, started again when it dies. */
export class EncoderHost implements AsyncDisposable {
  #child: UtilityProcess | undefined;
  readonly #readiness = new Readiness();
  #closing = false;
  readonly #restarts = new Restarts(() => this.#start());

  constructor(
    private readonly program: string,
    private readonly events: Events,
  ) {}

  get isReady(): boolean {
    return this.#readiness.isReady;
  }

  /** Waits while it is on its way. */
  reached(signal: AbortSignal): Promise<boolean> {
    return this.#readiness.reached(signal);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    if (this.#child === undefined) this.#start();
  }

  /** One that is no longer started again by itself. */
  tryAgain(): void {
    if (this.#readiness.state !== "failed") return;
    this.#restarts.forgive();
    this.#become("restarting");
    this.#start();
  }

  send(message: ToEncoder): void {
    if (this.isReady) this.#child?.postMessage(message);
  }

  deal(port: MessagePortMain): void {
    if (this.isReady) this.#child?.postMessage(MEDIA_PORT_NOTICE, [port]);
  }

  #start(): void {
    if (this.#closing) return;
    const child = utilityProcess.fork(this.program, [], { serviceName: "Footlight encoder", stdio: "pipe" });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        for (const line of chunk.toString().split("\n")) if (line !== "") this.events.onLog(line);
      });
    }
    child.once("spawn", () => this.#become("ready"));
    child.on("message", (message: unknown) => {
      const parsed = fromEncoderSchema.safeParse(message);
      if (parsed.success) this.events.onMessage(parsed.data);
      else this.events.onFault("the encoder said what is not in its contract", parsed.error);
    });
    child.once("exit", (code) => {
      if (this.#closing || this.#child !== child) return;
      this.#child = undefined;
      this.events.onFault("the encoder ended", code);
      this.#become(this.#restarts.died());
    });
  }

  #become(state: ProcessState): void {
    this.#readiness.become(state);
    this.events.onState(state);
  }

  /** Whoever closes it has stopped what runs in it before. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    this.#restarts[Symbol.dispose]();
    const child = this.#child;
    if (child?.pid === undefined) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const late = setTimeout(() => {
      if (child.pid !== undefined) process.kill(child.pid, "SIGKILL");
    }, STOP_MS);
    child.kill();
    await gone;
    clearTimeout(late);
  }
}
