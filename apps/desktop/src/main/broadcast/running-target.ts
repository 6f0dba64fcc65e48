import type { TargetState } from "../../contract/encoder-control.ts";
import type { FromEngineControl } from "../../contract/engine-control.ts";
import type { TargetSnapshot } from "../../contract/studio-topics.ts";
import type { Ready } from "./destinations.ts";

export type Figures = NonNullable<TargetSnapshot["figures"]>;
const NOTHING: Figures = { bitrateBps: 0, sentBytes: 0, frames: 0, droppedNetwork: 0, queuedMs: 0 };

/** One target of a running broadcast: its state, and what was counted over all lives of whoever sends. */
export class RunningTarget {
  #state: TargetState = { state: "connecting", attempt: 1 };
  /** Of those who sent before, and died. */
  #before = NOTHING;
  #now: Figures | null = null;

  constructor(readonly ready: Ready) {}

  get state(): TargetState {
    return this.#state;
  }

  get isOver(): boolean {
    return ["stopped", "failed", "refused"].includes(this.#state.state);
  }

  get figures(): Figures | null {
    if (this.#now === null) return this.#before === NOTHING ? null : this.#before;
    return added(this.#before, this.#now);
  }

  become(state: TargetState): void {
    this.#state = state;
    // Nobody tells that nothing is sent any more.
    if (this.isOver) this.#retire();
  }

  count(figures: Figures): void {
    if (!this.isOver) this.#now = figures;
  }

  /** Somebody else sends from now on, and counts from nothing. */
  beginAgain(state: TargetState): void {
    this.#retire();
    this.#state = state;
  }

  #retire(): void {
    if (this.#now !== null) this.#before = { ...added(this.#before, this.#now), bitrateBps: 0, queuedMs: 0 };
    this.#now = null;
  }
}

const added = (before: Figures, now: Figures): Figures => ({
  bitrateBps: now.bitrateBps,
  queuedMs: now.queuedMs,
  sentBytes: before.sentBytes + now.sentBytes,
  frames: before.frames + now.frames,
  droppedNetwork: before.droppedNetwork + now.droppedNetwork,
});

/** What all of them came to. */
export const sumOf = (targets: Iterable<RunningTarget>): Figures =>
  [...targets].reduce((sum, { figures }) => {
    if (figures === null) return sum;
    const { bitrateBps, queuedMs } = figures;
    return {
      ...added(sum, figures),
      bitrateBps: sum.bitrateBps + bitrateBps,
      queuedMs: Math.max(sum.queuedMs, queuedMs),
    };
  }, NOTHING);

export const describe = (targets: readonly RunningTarget[]): string =>
  targets
    .map(({ ready, state }) => {
      const why =
        state.state === "refused" ? state.description || state.code : "cause" in state ? state.cause : "";
      return `${ready.name}: ${why || state.state}`;
    })
    .join("; ");

/** A WHIP target's state as the engine tells it. */
export function whipState(message: Extract<FromEngineControl, { kind: "whip" }>, nowMs: number): TargetState {
  const cause = message.cause ?? "";
  const attempt = message.attempt ?? 1;
  switch (message.state) {
    case "connecting":
      return { state: "connecting", attempt };
    case "live":
      return { state: "live", sinceMs: nowMs, degraded: false };
    case "reconnecting":
      return { state: "reconnecting", attempt, retryAtMs: nowMs + (message.retryInMs ?? 0), cause };
    case "refused":
      return { state: "refused", code: message.code ?? "rejected", description: cause };
    case "failed":
      return { state: "failed", cause };
    case "stopped":
      return { state: "stopped" };
  }
}
