import { Store } from "@footlight/ui/store.ts";
import type { BroadcastReport, TopicSnapshot } from "../../contract/studio-topics.ts";

/** One a second, the oldest first. */
export interface Trend {
  readonly cpuPercent: readonly number[];
  readonly renderMs: readonly number[];
  /** By target id, bits a second. */
  readonly bitrateBps: Readonly<Record<string, readonly number[]>>;
  /** Frames lost in the last quarter of a minute. */
  readonly lately: BroadcastReport["dropped"];
}

const KEPT = 60;
const LATELY = 15;
const EVERY_MS = 950;
const NONE = { render: 0, encode: 0, network: 0 };

interface Facts {
  readonly engine: Pick<Store<TopicSnapshot<"engine"> | null>, "get" | "subscribe">;
  readonly targets: Pick<Store<TopicSnapshot<"targets"> | null>, "get">;
  readonly report: Pick<Store<TopicSnapshot<"report"> | null>, "get">;
}

/** What the last minute was like, for curves and for what has only just happened. */
export class Trends {
  readonly store = new Store<Trend>({ cpuPercent: [], renderMs: [], bitrateBps: {}, lately: NONE });
  #sampledMs = Number.NEGATIVE_INFINITY;
  #dropped: BroadcastReport["dropped"][] = [];

  constructor(
    private readonly facts: Facts,
    private readonly now: () => number = () => performance.now(),
  ) {
    facts.engine.subscribe(() => this.#sample());
  }

  #sample(): void {
    const engine = this.facts.engine.get();
    const nowMs = this.now();
    if (engine === null || nowMs - this.#sampledMs < EVERY_MS) return;
    this.#sampledMs = nowMs;
    const { cpuPercent, renderMs, bitrateBps } = this.store.get();
    const report = this.facts.report.get();
    const dropped = report && !report.over ? report.dropped : NONE;
    // Another broadcast counts from nought.
    if (dropped.render < (this.#dropped.at(-1)?.render ?? 0) || dropped === NONE) this.#dropped = [];
    this.#dropped = [...this.#dropped, dropped].slice(-LATELY);
    const running = (this.facts.targets.get() ?? []).flatMap(({ id, figures }) =>
      figures === null ? [] : [[id, grown(bitrateBps[id], figures.bitrateBps)] as const],
    );
    this.store.set({
      cpuPercent: grown(cpuPercent, engine.cpuPercent),
      renderMs: grown(renderMs, engine.renderMs),
      bitrateBps: Object.fromEntries(running),
      lately: since(this.#dropped[0] ?? NONE, dropped),
    });
  }
}

const grown = (row: readonly number[] | undefined, value: number): number[] =>
  [...(row ?? []), value].slice(-KEPT);

const since = (then: BroadcastReport["dropped"], now: BroadcastReport["dropped"]) => ({
  render: now.render - then.render,
  encode: now.encode - then.encode,
  network: now.network - then.network,
});
