export type ProcessState = "starting" | "ready" | "restarting" | "failed";

/** The engine needs some seconds on a slow machine; what takes longer than this hangs. */
const START_MS = 15_000;

/** How a process of the studio's is doing; who needs it can wait while it is on its way. */
export class Readiness {
  #state: ProcessState = "starting";
  readonly #waiting = new Set<() => void>();

  constructor(private readonly startMs = START_MS) {}

  get state(): ProcessState {
    return this.#state;
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  become(state: ProcessState): void {
    this.#state = state;
    for (const look of [...this.#waiting]) look();
  }

  /** Whether it is ready: told at once unless it is on its way, and after some seconds in any case. */
  reached(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(late);
        this.#waiting.delete(look);
        signal.removeEventListener("abort", settle);
        resolve(this.isReady);
      };
      const look = () => {
        if (this.isReady || this.#state === "failed" || signal.aborted) settle();
      };
      const late = setTimeout(settle, this.startMs);
      this.#waiting.add(look);
      signal.addEventListener("abort", settle);
      look();
    });
  }
}
