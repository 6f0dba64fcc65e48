import { Store } from "@footlight/ui/store.ts";
import type { ProbedEncoder } from "../../../contract/encoder-control.ts";
import type { UploadResult } from "../../../contract/studio-calls.ts";
import type { Measurements } from "../../../model/proposal.ts";
import type { Studio } from "../studio.ts";
import { tryWebcodecs } from "./encoder-trial.ts";

export type UploadFault = Extract<UploadResult, { result: "failed" }>["fault"];

export interface MeasuringState {
  readonly line:
    | { readonly state: "waiting" | "running" | "skipped" }
    | { readonly state: "measured"; readonly bps: number }
    /** `retryAtMs`: on this machine's clock; null: whenever one likes. */
    | { readonly state: "failed"; readonly fault: UploadFault; readonly retryAtMs: number | null };
  readonly encoders:
    | { readonly state: "waiting" | "running" | "failed" }
    | { readonly state: "measured"; readonly found: readonly ProbedEncoder[] };
}

const FRESH: MeasuringState = { line: { state: "waiting" }, encoders: { state: "waiting" } };

/** Measures the line and then the machine: together they would measure each other. */
export class Measuring {
  readonly store = new Store<MeasuringState>(FRESH);
  /** Each run has a number; what an older one finds out is nobody's. */
  #run = 0;

  constructor(private readonly studio: Pick<Studio, "call" | "topics">) {}

  get isDone(): boolean {
    const { line, encoders } = this.store.get();
    const isUnderWay = (state: string) => state === "waiting" || state === "running";
    return !isUnderWay(line.state) && !isUnderWay(encoders.state);
  }

  /** What is not known yet. */
  async start(): Promise<void> {
    this.cancel();
    const run = ++this.#run;
    if (this.store.get().line.state === "waiting") await this.#measureLine(run);
    if (run === this.#run && this.store.get().encoders.state === "waiting") await this.#tryEncoders(run);
  }

  /** Not while encoders are tried: it would measure those. */
  async measureLineAgain(): Promise<void> {
    if (this.store.get().encoders.state !== "running") await this.#measureLine(++this.#run);
  }

  /** To be measured anew. */
  forget(): void {
    this.cancel();
    this.store.set(FRESH);
  }

  /** What is known stays. */
  cancel(): void {
    this.#run += 1;
    const { line, encoders } = this.store.get();
    if (line.state === "running") void this.studio.call("measure.cancel", undefined).catch(() => undefined);
    this.store.set({
      line: line.state === "running" ? FRESH.line : line,
      encoders: encoders.state === "running" ? FRESH.encoders : encoders,
    });
  }

  async #measureLine(run: number): Promise<void> {
    if ((this.studio.topics.account.get()?.username ?? null) === null)
      return this.#set(run, { line: { state: "skipped" } });
    this.#set(run, { line: { state: "running" } });
    const failed = (fault: UploadFault, retryAtMs: number | null = null) =>
      this.#set(run, { line: { state: "failed", fault, retryAtMs } });
    try {
      const answer = await this.studio.call("measure.upload", undefined);
      if (answer.result === "measured") this.#set(run, { line: { state: "measured", bps: answer.bps } });
      else if (answer.result === "cancelled") this.#set(run, { line: { state: "skipped" } });
      else failed(answer.fault, answer.retryAfterS === null ? null : Date.now() + answer.retryAfterS * 1_000);
    } catch {
      failed("unreachable");
    }
  }

  async #tryEncoders(run: number): Promise<void> {
    this.#set(run, { encoders: { state: "running" } });
    const answer = await this.studio.call("measure.encoders", undefined).catch(() => null);
    if (run !== this.#run) return;
    const builtIn = await tryWebcodecs().catch(() => null);
    const found = [...(answer?.encoders ?? []), ...(builtIn === null ? [] : [builtIn])];
    this.#set(run, { encoders: found.length === 0 ? { state: "failed" } : { state: "measured", found } });
  }

  #set(run: number, change: Partial<MeasuringState>): void {
    if (run === this.#run) this.store.set({ ...this.store.get(), ...change });
  }
}

/** For the proposal, with the sources that were chosen. */
export const measuredOf = (
  { line, encoders }: MeasuringState,
  sources: Pick<Measurements, "camera" | "screen">,
): Measurements<ProbedEncoder["name"]> => ({
  ...sources,
  lineBps: line.state === "measured" ? line.bps : null,
  encoders: encoders.state === "measured" ? encoders.found : [],
});
